package dev.millrace.components.image;

import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_MJPEG;
import static org.bytedeco.ffmpeg.global.avcodec.AV_EF_BITSTREAM;
import static org.bytedeco.ffmpeg.global.avcodec.AV_EF_BUFFER;
import static org.bytedeco.ffmpeg.global.avcodec.AV_EF_CRCCHECK;
import static org.bytedeco.ffmpeg.global.avcodec.AV_EF_EXPLODE;
import static org.bytedeco.ffmpeg.global.avcodec.av_new_packet;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_free;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_unref;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_alloc_context3;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_find_decoder;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_flush_buffers;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_free_context;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_open2;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_receive_frame;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_send_packet;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_PATCHWELCOME;
import static org.bytedeco.ffmpeg.global.avutil.AV_LOG_QUIET;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_alloc;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_free;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_unref;
import static org.bytedeco.ffmpeg.global.avutil.av_log_set_level;
import static org.bytedeco.ffmpeg.global.avutil.av_strerror;

import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.javacpp.BytePointer;

/** FFmpeg's JPEG decoder on one thread, kept open from picture to picture. For one thread. */
final class FfmpegJpegDecoder implements AutoCloseable {
  private static final String JAVACPP_LIMIT = "org.bytedeco.javacpp.maxPhysicalBytes";

  static {
    // Else JavaCPP refuses memory to a process that has four times its heap resident, as one with
    // many lanes of a large model has: what models take is not JavaCPP's to count.
    if (System.getProperty(JAVACPP_LIMIT) == null) {
      System.setProperty(JAVACPP_LIMIT, "0");
    }
    // Bad pictures are reported as rejections, not on the process's standard error.
    av_log_set_level(AV_LOG_QUIET);
  }

  private final NativeCount natives;
  private final AVCodecContext context;
  private final AVPacket packet;
  private final AVFrame frame;
  private boolean closed;

  FfmpegJpegDecoder(long maxPixels, NativeCount natives) {
    this.natives = natives;
    AVCodec codec = avcodec_find_decoder(AV_CODEC_ID_MJPEG);
    context = avcodec_alloc_context3(codec);
    packet = av_packet_alloc();
    frame = av_frame_alloc();
    natives.opened();
    context.thread_count(1);
    context.max_pixels(maxPixels);
    context.err_recognition(AV_EF_EXPLODE | AV_EF_BITSTREAM | AV_EF_BUFFER | AV_EF_CRCCHECK);
    int error = avcodec_open2(context, codec, (AVDictionary) null);
    if (error < 0) {
      close();
      throw new IllegalStateException("FFmpeg's JPEG decoder does not open: " + message(error));
    }
  }

  /**
   * The decoded picture, in the decoder's own memory and pixel format; valid until the next call.
   *
   * @throws ImageRejectedException undecodable or unsupported
   */
  AVFrame decode(ByteRanges picture) {
    int error = av_new_packet(packet, picture.total());
    if (error < 0) {
      throw new OutOfMemoryError("FFmpeg has no memory for " + picture.total() + " bytes");
    }
    picture.copyTo(packet.data().capacity(picture.total()).asByteBuffer());
    av_frame_unref(frame);
    error = avcodec_send_packet(context, packet);
    av_packet_unref(packet);
    if (error >= 0) {
      error = avcodec_receive_frame(context, frame);
    }
    if (error < 0 || frame.decode_error_flags() != 0) {
      avcodec_flush_buffers(context);
      throw error == AVERROR_PATCHWELCOME()
          ? ImageRejectedException.unsupported("a JPEG of a kind that is not decoded")
          : ImageRejectedException.undecodable(
              "a damaged JPEG" + (error < 0 ? ": " + message(error) : ""));
    }
    return frame;
  }

  private static String message(int error) {
    try (BytePointer text = new BytePointer(256)) {
      return av_strerror(error, text, text.capacity()) < 0
          ? "error " + error
          : text.getString().strip();
    }
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      av_frame_free(frame);
      av_packet_free(packet);
      avcodec_free_context(context);
      natives.released();
    }
  }
}
