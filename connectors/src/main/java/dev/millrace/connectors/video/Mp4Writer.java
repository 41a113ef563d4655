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
import static org.bytedeco.ffmpeg.global.avformat.AVFMT_GLOBALHEADER;
import static org.bytedeco.ffmpeg.global.avformat.AVIO_FLAG_WRITE;
import static org.bytedeco.ffmpeg.global.avformat.av_interleaved_write_frame;
import static org.bytedeco.ffmpeg.global.avformat.av_write_trailer;
import static org.bytedeco.ffmpeg.global.avformat.avformat_alloc_output_context2;
import static org.bytedeco.ffmpeg.global.avformat.avformat_free_context;
import static org.bytedeco.ffmpeg.global.avformat.avformat_new_stream;
import static org.bytedeco.ffmpeg.global.avformat.avformat_write_header;
import static org.bytedeco.ffmpeg.global.avformat.avio_closep;
import static org.bytedeco.ffmpeg.global.avformat.avio_open;
import static org.bytedeco.ffmpeg.global.avutil.AV_LOG_ERROR;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_BGR24;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_YUV420P;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_alloc;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_free;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_get_buffer;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_make_writable;
import static org.bytedeco.ffmpeg.global.avutil.av_log_set_level;
import static org.bytedeco.ffmpeg.global.avutil.av_make_q;
import static org.bytedeco.ffmpeg.global.swscale.SWS_BICUBIC;
import static org.bytedeco.ffmpeg.global.swscale.sws_freeContext;
import static org.bytedeco.ffmpeg.global.swscale.sws_getContext;
import static org.bytedeco.ffmpeg.global.swscale.sws_scale;

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
import org.bytedeco.ffmpeg.swscale.SwsContext;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.PointerPointer;
import org.jspecify.annotations.Nullable;

/**
 * Pictures to an MP4 file of H.264 (MPEG-4 where there is no encoder for it) at a constant rate.
 * For one thread. The file can be played once this is closed.
 */
public final class Mp4Writer implements AutoCloseable {
  private static final List<String> ENCODERS = List.of("libopenh264", "mpeg4");

  private final Path file;
  private final int width;
  private final int height;
  private final AVFormatContext format = new AVFormatContext(null);
  private final AVCodecContext encoder;
  private final AVStream stream;
  private final AVFrame picture = av_frame_alloc();
  private final AVPacket packet = av_packet_alloc();
  private final SwsContext scaler;
  private final BytePointer bgr;
  private long next;
  private boolean closed;

  /**
   * @param file is written over if it is there
   * @param width of every picture; an odd column at the right is left out, and so is an odd row
   * @throws ConnectorException if the file cannot be written
   */
  public Mp4Writer(Path file, int width, int height, int framesPerSecond) {
    av_log_set_level(AV_LOG_ERROR);
    this.file = file;
    this.width = width;
    this.height = height;
    check(
        avformat_alloc_output_context2(format, null, "mp4", file.toString()),
        "this is no MP4 file");
    AVCodec codec = codec();
    encoder = avcodec_alloc_context3(codec);
    encoder.width(width & ~1);
    encoder.height(height & ~1);
    encoder.pix_fmt(AV_PIX_FMT_YUV420P);
    encoder.time_base(av_make_q(1, framesPerSecond));
    encoder.framerate(av_make_q(framesPerSecond, 1));
    encoder.gop_size(2 * framesPerSecond);
    encoder.bit_rate(Math.max(500_000, (long) width * height * framesPerSecond / 4));
    if ((format.oformat().flags() & AVFMT_GLOBALHEADER) != 0) {
      encoder.flags(encoder.flags() | AV_CODEC_FLAG_GLOBAL_HEADER);
    }
    check(avcodec_open2(encoder, codec, (AVDictionary) null), "no encoder for such pictures");
    stream = avformat_new_stream(format, null);
    check(avcodec_parameters_from_context(stream.codecpar(), encoder), "no such stream");
    stream.time_base(encoder.time_base());
    AVIOContext out = new AVIOContext(null);
    check(avio_open(out, file.toString(), AVIO_FLAG_WRITE), "it cannot be written");
    format.pb(out);
    check(avformat_write_header(format, (AVDictionary) null), "it cannot be written");
    picture.format(AV_PIX_FMT_YUV420P);
    picture.width(encoder.width());
    picture.height(encoder.height());
    check(av_frame_get_buffer(picture, 0), "no memory for a picture");
    scaler =
        sws_getContext(
            encoder.width(),
            encoder.height(),
            AV_PIX_FMT_BGR24,
            encoder.width(),
            encoder.height(),
            AV_PIX_FMT_YUV420P,
            SWS_BICUBIC,
            null,
            null,
            (DoublePointer) null);
    bgr = new BytePointer(3L * width * height);
  }

  /**
   * @param pixels height x width x 3, blue first, rows from the top
   */
  public void write(byte[] pixels) {
    if (pixels.length != 3 * width * height) {
      throw new IllegalArgumentException(
          "a picture of " + width + " x " + height + " has other than " + pixels.length + " bytes");
    }
    bgr.position(0).put(pixels, 0, pixels.length);
    check(av_frame_make_writable(picture), "no memory for a picture");
    try (PointerPointer<BytePointer> planes = new PointerPointer<>(1L);
        IntPointer strides = new IntPointer(3 * width)) {
      planes.put(0, bgr);
      sws_scale(scaler, planes, strides, 0, encoder.height(), picture.data(), picture.linesize());
    }
    picture.pts(next++);
    encode(picture);
  }

  private void encode(@Nullable AVFrame frame) {
    check(avcodec_send_frame(encoder, frame), "a picture cannot be encoded");
    while (avcodec_receive_packet(encoder, packet) >= 0) {
      av_packet_rescale_ts(packet, encoder.time_base(), stream.time_base());
      packet.stream_index(stream.index());
      check(av_interleaved_write_frame(format, packet), "it cannot be written");
    }
  }

  private AVCodec codec() {
    for (String name : ENCODERS) {
      AVCodec found = avcodec_find_encoder_by_name(name);
      if (found != null && !found.isNull()) {
        return found;
      }
    }
    throw new ConnectorException(
        file.toString(), "this FFmpeg has none of the encoders " + ENCODERS + ".", "Use another.");
  }

  private void check(int result, String problem) {
    if (result < 0) {
      throw new ConnectorException(
          file.toString(), problem + " (FFmpeg error " + result + ").", "Name another file.");
    }
  }

  /** Writes what is left. */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    try {
      encode(null);
      check(av_write_trailer(format), "it cannot be written");
    } finally {
      sws_freeContext(scaler);
      av_packet_free(packet);
      av_frame_free(picture);
      avcodec_free_context(encoder);
      avio_closep(format.pb());
      avformat_free_context(format);
      bgr.close();
    }
  }
}
