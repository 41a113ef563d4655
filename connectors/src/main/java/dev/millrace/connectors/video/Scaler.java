package dev.millrace.connectors.video;

import static org.bytedeco.ffmpeg.global.avutil.AVCOL_RANGE_JPEG;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_BGR24;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_YUVJ420P;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_YUVJ422P;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_YUVJ444P;
import static org.bytedeco.ffmpeg.global.swscale.SWS_ACCURATE_RND;
import static org.bytedeco.ffmpeg.global.swscale.SWS_BICUBIC;
import static org.bytedeco.ffmpeg.global.swscale.SWS_BILINEAR;
import static org.bytedeco.ffmpeg.global.swscale.SWS_CS_ITU601;
import static org.bytedeco.ffmpeg.global.swscale.SWS_FULL_CHR_H_INT;
import static org.bytedeco.ffmpeg.global.swscale.sws_freeContext;
import static org.bytedeco.ffmpeg.global.swscale.sws_getCachedContext;
import static org.bytedeco.ffmpeg.global.swscale.sws_getCoefficients;
import static org.bytedeco.ffmpeg.global.swscale.sws_scale;
import static org.bytedeco.ffmpeg.global.swscale.sws_setColorspaceDetails;

import dev.millrace.connectors.ConnectorException;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.swscale.SwsContext;
import org.bytedeco.javacpp.DoublePointer;
import org.jspecify.annotations.Nullable;

/** Changes size, pixel format, range and colour matrix of pictures. For one thread. */
final class Scaler implements AutoCloseable {
  private final NativeCount natives;
  private @Nullable SwsContext context;

  Scaler(NativeCount natives) {
    this.natives = natives;
  }

  /**
   * @param to its size and format are the ones that are wanted
   * @param fullRange whether {@code to}, where it is YUV, uses 0 to 255 as JPEG does
   */
  void scale(AVFrame from, AVFrame to, boolean fullRange) {
    SwsContext scaler =
        sws_getCachedContext(
            context,
            from.width(),
            from.height(),
            from.format(),
            to.width(),
            to.height(),
            to.format(),
            method(from, to),
            null,
            null,
            (DoublePointer) null);
    if (scaler == null || scaler.isNull()) {
      if (context != null) {
        natives.released();
      }
      context = null;
      throw new ConnectorException(
          "picture",
          "FFmpeg cannot convert %d x %d pixels of format %d into %d x %d of format %d."
              .formatted(
                  from.width(), from.height(), from.format(), to.width(), to.height(), to.format()),
          "Convert the video to H.264 first.");
    }
    if (context == null) {
      natives.opened();
    }
    context = scaler;
    sws_setColorspaceDetails(
        scaler,
        sws_getCoefficients(from.colorspace()),
        isFullRange(from) ? 1 : 0,
        sws_getCoefficients(SWS_CS_ITU601),
        fullRange ? 1 : 0,
        0,
        1 << 16,
        1 << 16);
    sws_scale(scaler, from.data(), from.linesize(), 0, from.height(), to.data(), to.linesize());
  }

  /** Where nothing changes but the range, there is nothing to interpolate. */
  private static int method(AVFrame from, AVFrame to) {
    boolean sameSize = from.width() == to.width() && from.height() == to.height();
    return sameSize && to.format() != AV_PIX_FMT_BGR24
        ? SWS_BILINEAR
        : SWS_BICUBIC | SWS_ACCURATE_RND | SWS_FULL_CHR_H_INT;
  }

  private static boolean isFullRange(AVFrame frame) {
    int format = frame.format();
    return frame.color_range() == AVCOL_RANGE_JPEG
        || format == AV_PIX_FMT_YUVJ420P
        || format == AV_PIX_FMT_YUVJ422P
        || format == AV_PIX_FMT_YUVJ444P;
  }

  @Override
  public void close() {
    if (context != null) {
      sws_freeContext(context);
      context = null;
      natives.released();
    }
  }
}
