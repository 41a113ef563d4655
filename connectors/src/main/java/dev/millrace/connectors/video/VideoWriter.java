package dev.millrace.connectors.video;

import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_FLAG_GLOBAL_HEADER;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_free;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_rescale_ts;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_alloc_context3;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_find_encoder_by_name;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_free_context;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_open2;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_parameters_from_context;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_receive_packet;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_send_frame;
import static org.bytedeco.ffmpeg.global.avformat.AVIO_FLAG_WRITE;
import static org.bytedeco.ffmpeg.global.avformat.av_interleaved_write_frame;
import static org.bytedeco.ffmpeg.global.avformat.av_write_trailer;
import static org.bytedeco.ffmpeg.global.avformat.avformat_alloc_output_context2;
import static org.bytedeco.ffmpeg.global.avformat.avformat_free_context;
import static org.bytedeco.ffmpeg.global.avformat.avformat_new_stream;
import static org.bytedeco.ffmpeg.global.avformat.avformat_write_header;
import static org.bytedeco.ffmpeg.global.avformat.avio_closep;
import static org.bytedeco.ffmpeg.global.avformat.avio_open;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_RANGE_MPEG;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_SPC_SMPTE170M;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_YUV420P;
import static org.bytedeco.ffmpeg.global.avutil.av_d2q;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_free;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_set;
import static org.bytedeco.ffmpeg.global.avutil.av_inv_q;

import dev.millrace.connectors.ConnectorException;
import java.nio.file.Path;
import java.util.List;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVIOContext;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.avutil.AVRational;
import org.jspecify.annotations.Nullable;

/**
 * Pictures to an MP4 file: H.264, which browsers play, or MPEG-4 where FFmpeg was built without it.
 * Native: for one thread, and to be closed; only then is the file whole.
 */
public final class VideoWriter implements AutoCloseable {
  private static final List<String> ENCODERS = List.of("libopenh264", "mpeg4");

  private final String file;
  private final NativeCount natives;
  private final Scaler scaler;
  private final NativePicture source;
  private final NativePicture planes;
  private final AVFormatContext format = new AVFormatContext(null);
  private final AVPacket packet;
  private final int width;
  private final int height;
  private final AVRational tick;
  private final AVCodecContext codec;
  private final AVStream stream;
  private long pictures;
  private boolean closed;

  /**
   * @param file ends in {@code .mp4}; overwritten
   * @param width columns, made even; pictures of another size are scaled
   * @param height rows, made even
   * @param rate frames a second
   * @throws ConnectorException where the file cannot be written
   */
  public VideoWriter(Path file, int width, int height, double rate) {
    this(file, width, height, rate, new NativeCount());
  }

  /**
   * @param natives counts what this writer creates and closes
   */
  public VideoWriter(Path file, int width, int height, double rate, NativeCount natives) {
    if (width < 2 || height < 2 || !(rate > 0)) {
      throw new IllegalArgumentException(
          "a video of %d x %d at %s frames a second".formatted(width, height, rate));
    }
    Ffmpeg.quiet();
    this.file = file.toString();
    this.natives = natives;
    this.width = width & ~1;
    this.height = height & ~1;
    this.scaler = new Scaler(natives);
    this.source = new NativePicture(natives);
    this.planes = new NativePicture(natives);
    this.packet = av_packet_alloc();
    this.tick = av_inv_q(av_d2q(rate, 100_000));
    natives.opened();
    AVCodecContext opened = null;
    try {
      check(avformat_alloc_output_context2(format, null, "mp4", this.file), "write an MP4 file");
      opened = encoder(rate);
      codec = opened;
      stream = avformat_new_stream(format, null);
      stream.time_base(tick);
      check(avcodec_parameters_from_context(stream.codecpar(), codec), "describe the video");
      AVIOContext out = new AVIOContext(null);
      check(avio_open(out, this.file, AVIO_FLAG_WRITE), "write this file");
      format.pb(out);
      AVDictionary options = new AVDictionary(null);
      av_dict_set(options, "movflags", "+faststart", 0);
      int result = avformat_write_header(format, options);
      av_dict_free(options);
      check(result, "begin the file");
    } catch (RuntimeException e) {
      release(opened);
      throw e;
    }
  }

  private AVCodecContext encoder(double rate) {
    int error = 0;
    for (String name : ENCODERS) {
      AVCodec encoder = avcodec_find_encoder_by_name(name);
      if (encoder == null || encoder.isNull()) {
        continue;
      }
      AVCodecContext context = avcodec_alloc_context3(encoder);
      context.width(width);
      context.height(height);
      context.pix_fmt(AV_PIX_FMT_YUV420P);
      context.color_range(AVCOL_RANGE_MPEG);
      context.colorspace(AVCOL_SPC_SMPTE170M);
      context.time_base(tick);
      context.framerate(av_d2q(rate, 100_000));
      context.gop_size((int) Math.max(1, Math.round(2 * rate)));
      context.max_b_frames(0);
      context.thread_count(1);
      context.bit_rate((long) Math.max(600_000, 0.12 * width * height * Math.min(rate, 30)));
      context.flags(context.flags() | AV_CODEC_FLAG_GLOBAL_HEADER);
      error = avcodec_open2(context, encoder, (AVDictionary) null);
      if (error >= 0) {
        return context;
      }
      avcodec_free_context(context);
    }
    check(Math.min(error, -1), "find an encoder for MP4");
    throw new AssertionError("unreachable: an error is thrown above");
  }

  /** Appends one picture; each lasts 1 / rate seconds. */
  public void write(Picture picture) {
    if (closed) {
      throw new IllegalStateException(file + " is closed");
    }
    AVFrame yuv = planes.ready(width, height, AV_PIX_FMT_YUV420P);
    scaler.scale(source.hold(picture), yuv, false);
    yuv.pts(pictures++);
    check(avcodec_send_frame(codec, yuv), "encode a picture");
    drain();
  }

  private void drain() {
    while (avcodec_receive_packet(codec, packet) >= 0) {
      packet.duration(1);
      av_packet_rescale_ts(packet, tick, stream.time_base());
      packet.stream_index(stream.index());
      check(av_interleaved_write_frame(format, packet), "write to this file");
    }
  }

  private void check(int result, String action) {
    if (result < 0) {
      throw new ConnectorException(
          file,
          "FFmpeg cannot " + action + ": " + Ffmpeg.message(result) + ".",
          "Check the folder, its permissions and the space left.");
    }
  }

  /** Finishes the file. */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    try {
      check(avcodec_send_frame(codec, (AVFrame) null), "finish the video");
      drain();
      check(av_write_trailer(format), "finish the file");
    } finally {
      release(codec);
    }
  }

  private void release(@Nullable AVCodecContext context) {
    closed = true;
    if (context != null) {
      avcodec_free_context(context);
    }
    if (!format.isNull()) {
      if (format.pb() != null) {
        avio_closep(format.pb());
      }
      avformat_free_context(format);
    }
    av_packet_free(packet);
    scaler.close();
    source.close();
    planes.close();
    natives.released();
  }
}
