package dev.millrace.connectors.video;

import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_MJPEG;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_free;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_unref;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_alloc_context3;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_free_context;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_open2;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_parameters_to_context;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_receive_frame;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_send_packet;
import static org.bytedeco.ffmpeg.global.avformat.av_find_best_stream;
import static org.bytedeco.ffmpeg.global.avformat.av_read_frame;
import static org.bytedeco.ffmpeg.global.avformat.avformat_close_input;
import static org.bytedeco.ffmpeg.global.avformat.avformat_find_stream_info;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_EAGAIN;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_EOF;
import static org.bytedeco.ffmpeg.global.avutil.AVMEDIA_TYPE_VIDEO;
import static org.bytedeco.ffmpeg.global.avutil.AV_TIME_BASE;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_alloc;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_free;

import dev.millrace.connectors.ConnectorException;
import java.util.OptionalLong;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.avutil.AVRational;
import org.bytedeco.javacpp.PointerPointer;
import org.jspecify.annotations.Nullable;

/** The video stream of a file, an address or a camera, decoded on the caller's thread. */
final class StreamSource implements PictureSource {
  private final String name;
  private final NativeCount natives;
  private final AVFormatContext format;
  private final AVCodecContext codec;
  private final AVPacket packet;
  private final AVFrame frame;
  private final int stream;
  private final VideoInfo info;
  private boolean draining;
  private boolean closed;

  /**
   * @throws ConnectorException where there is no video, or none that can be decoded
   */
  StreamSource(VideoAddress address, NativeCount natives) {
    this.name = address.printable();
    this.natives = natives;
    this.format = address.open();
    this.codec = avcodec_alloc_context3(null);
    this.packet = av_packet_alloc();
    this.frame = av_frame_alloc();
    natives.opened();
    try {
      Ffmpeg.check(avformat_find_stream_info(format, (PointerPointer<?>) null), name, "read it");
      AVCodec decoder = new AVCodec();
      stream = av_find_best_stream(format, AVMEDIA_TYPE_VIDEO, -1, -1, decoder, 0);
      if (stream < 0) {
        throw new ConnectorException(
            name, "it holds no video that can be decoded.", "Name a video, a folder or a camera.");
      }
      AVStream video = format.streams(stream);
      Ffmpeg.check(avcodec_parameters_to_context(codec, video.codecpar()), name, "decode it");
      codec.thread_count(1);
      Ffmpeg.check(avcodec_open2(codec, decoder, (AVDictionary) null), name, "decode it");
      info = info(address, video);
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  private VideoInfo info(VideoAddress address, AVStream video) {
    AVRational average = video.avg_frame_rate();
    AVRational rate = average.num() > 0 ? average : video.r_frame_rate();
    double perSecond = rate.num() > 0 && rate.den() > 0 ? (double) rate.num() / rate.den() : 25;
    boolean live = address.isRemote() && format.duration() <= 0;
    OptionalLong frames = OptionalLong.empty();
    if (!live && video.nb_frames() > 0) {
      frames = OptionalLong.of(video.nb_frames());
    } else if (!live && format.duration() > 0) {
      frames = OptionalLong.of(Math.round(perSecond * format.duration() / AV_TIME_BASE));
    }
    return new VideoInfo(codec.width(), codec.height(), perSecond, frames, live);
  }

  @Override
  public VideoInfo info() {
    return info;
  }

  @Override
  public @Nullable Decoded next(boolean passEncoded) {
    while (true) {
      int result = avcodec_receive_frame(codec, frame);
      if (result == 0) {
        return new Decoded.Pixels(frame);
      }
      if (result == AVERROR_EOF()) {
        return null;
      }
      if (result != AVERROR_EAGAIN()) {
        Ffmpeg.check(result, name, "decode it");
      }
      if (readPacket()) {
        if (passEncoded && codec.codec_id() == AV_CODEC_ID_MJPEG) {
          byte[] bytes = new byte[packet.size()];
          packet.data().capacity(bytes.length).get(bytes);
          if (WholeJpeg.check(bytes)) {
            av_packet_unref(packet);
            return new Decoded.Ready(bytes);
          }
        }
        // A damaged packet costs its frame, not the video.
        avcodec_send_packet(codec, packet);
        av_packet_unref(packet);
      }
    }
  }

  /** Answers whether there was one; at the end the decoder is told to hand out what it holds. */
  private boolean readPacket() {
    while (!draining) {
      int result = av_read_frame(format, packet);
      if (result == AVERROR_EOF()) {
        draining = true;
        avcodec_send_packet(codec, (AVPacket) null);
        return false;
      }
      Ffmpeg.check(result, name, "read on");
      if (packet.stream_index() == stream) {
        return true;
      }
      av_packet_unref(packet);
    }
    return false;
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      av_frame_free(frame);
      av_packet_free(packet);
      avcodec_free_context(codec);
      avformat_close_input(format);
      natives.released();
    }
  }
}
