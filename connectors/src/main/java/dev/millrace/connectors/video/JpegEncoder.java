package dev.millrace.connectors.video;

import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_FLAG_QSCALE;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_MJPEG;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_free;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_unref;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_alloc_context3;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_find_encoder;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_free_context;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_open2;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_receive_packet;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_send_frame;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_RANGE_JPEG;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_YUVJ420P;
import static org.bytedeco.ffmpeg.global.avutil.FF_QP2LAMBDA;
import static org.bytedeco.ffmpeg.global.avutil.av_opt_set;

import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.jspecify.annotations.Nullable;

/**
 * Pictures to baseline JPEG, 4:2:0. Keeps its native encoder while pictures have the same size: for
 * one thread, and to be closed.
 */
public final class JpegEncoder implements AutoCloseable {
  private final int quantiser;
  private final NativeCount natives;
  private final Scaler scaler;
  private final NativePicture source;
  private final NativePicture planes;
  private final AVPacket packet;
  private @Nullable AVCodecContext codec;
  private long pictures;
  private boolean closed;

  /**
   * @param quality 1 (smallest) to 100 (best); 85 is a camera's usual
   */
  public JpegEncoder(int quality) {
    this(quality, new NativeCount());
  }

  /**
   * @param natives counts what this encoder creates and closes
   */
  public JpegEncoder(int quality, NativeCount natives) {
    if (quality < 1 || quality > 100) {
      throw new IllegalArgumentException("JPEG quality: expected 1 to 100, found " + quality);
    }
    Ffmpeg.quiet();
    this.quantiser = quantiser(quality);
    this.natives = natives;
    this.scaler = new Scaler(natives);
    this.source = new NativePicture(natives);
    this.planes = new NativePicture(natives);
    this.packet = av_packet_alloc();
    natives.opened();
  }

  /**
   * libjpeg scales its tables by 200 - 2q percent (5000 / q below 50); FFmpeg scales the lighter
   * ones of MPEG-1 by eighths.
   */
  static int quantiser(int quality) {
    double percent = quality < 50 ? 5000.0 / quality : 200 - 2.0 * quality;
    return (int) Math.max(1, Math.min(31, Math.round(0.17 * percent)));
  }

  public byte[] encode(Picture picture) {
    return encode(picture, 0);
  }

  /**
   * @param width pixels that a wider picture is shrunk to; 0 leaves it as it is
   */
  byte[] encode(Picture picture, int width) {
    return encode(source.hold(picture), width);
  }

  /**
   * @param width pixels that a wider picture is shrunk to; 0 leaves it as it is
   */
  byte[] encode(AVFrame frame, int width) {
    int columns = columns(frame.width(), width);
    int rows = rows(frame.width(), frame.height(), columns);
    AVFrame yuv = planes.ready(columns, rows, AV_PIX_FMT_YUVJ420P);
    yuv.color_range(AVCOL_RANGE_JPEG);
    scaler.scale(frame, yuv, true);
    AVCodecContext encoder = encoder(columns, rows);
    yuv.quality(encoder.global_quality());
    yuv.pts(pictures++);
    Ffmpeg.check(avcodec_send_frame(encoder, yuv), "JPEG encoder", "encode a picture");
    Ffmpeg.check(avcodec_receive_packet(encoder, packet), "JPEG encoder", "encode a picture");
    byte[] jpeg = new byte[packet.size()];
    packet.data().capacity(jpeg.length).get(jpeg);
    av_packet_unref(packet);
    return jpeg;
  }

  /** Of a picture that is shrunk to a width, or not if that is 0. */
  static int columns(int columns, int width) {
    return width > 0 ? Math.min(width, columns) : columns;
  }

  static int rows(int columns, int rows, int columnsLeft) {
    return Math.max(1, (int) Math.round((double) rows * columnsLeft / columns));
  }

  private AVCodecContext encoder(int width, int height) {
    if (codec != null && codec.width() == width && codec.height() == height) {
      return codec;
    }
    closeCodec();
    AVCodec mjpeg = avcodec_find_encoder(AV_CODEC_ID_MJPEG);
    AVCodecContext opened = avcodec_alloc_context3(mjpeg);
    natives.opened();
    codec = opened;
    opened.width(width);
    opened.height(height);
    opened.pix_fmt(AV_PIX_FMT_YUVJ420P);
    opened.color_range(AVCOL_RANGE_JPEG);
    opened.time_base().num(1).den(25);
    opened.thread_count(1);
    opened.qmin(1);
    opened.flags(opened.flags() | AV_CODEC_FLAG_QSCALE);
    opened.global_quality(quantiser * FF_QP2LAMBDA);
    // The standard tables: a third less work for 5% more bytes.
    av_opt_set(opened.priv_data(), "huffman", "default", 0);
    Ffmpeg.check(avcodec_open2(opened, mjpeg, (AVDictionary) null), "JPEG encoder", "start");
    return opened;
  }

  private void closeCodec() {
    if (codec != null) {
      avcodec_free_context(codec);
      codec = null;
      natives.released();
    }
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      closeCodec();
      scaler.close();
      source.close();
      planes.close();
      av_packet_free(packet);
      natives.released();
    }
  }
}
