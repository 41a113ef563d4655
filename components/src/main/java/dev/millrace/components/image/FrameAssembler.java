package dev.millrace.components.image;

import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_FLAG_RGB;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_GBRP;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_GRAY8;
import static org.bytedeco.ffmpeg.global.avutil.av_get_pix_fmt_name;
import static org.bytedeco.ffmpeg.global.avutil.av_pix_fmt_desc_get;

import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.avutil.AVPixFmtDescriptor;
import org.bytedeco.javacpp.BytePointer;

/** A JPEG's decoded planes, whatever their layout, as BGR. For one thread. */
final class FrameAssembler {
  private final DecodedPlanes planes = new DecodedPlanes();
  private final ChromaRows blue = new ChromaRows();
  private final ChromaRows red = new ChromaRows();
  private final YccToBgr colours = new YccToBgr();

  /**
   * @throws ImageRejectedException unsupported, for a pixel format that no JPEG should have
   */
  Frame assemble(AVFrame picture) {
    int width = picture.width();
    int height = picture.height();
    byte[] bgr = new byte[3 * width * height];
    int format = picture.format();
    if (format == AV_PIX_FMT_GRAY8) {
      grey(picture, bgr);
    } else if (format == AV_PIX_FMT_GBRP) {
      planarRgb(picture, bgr);
    } else {
      planarYuv(picture, bgr);
    }
    return new Frame(width, height, bgr);
  }

  private void grey(AVFrame picture, byte[] bgr) {
    int width = picture.width();
    planes.read(picture, 0, width, picture.height());
    byte[] from = planes.plane(0);
    int out = 0;
    for (int y = 0; y < picture.height(); y++) {
      int in = y * planes.stride(0);
      for (int x = 0; x < width; x++, out += 3) {
        bgr[out] = from[in + x];
        bgr[out + 1] = from[in + x];
        bgr[out + 2] = from[in + x];
      }
    }
  }

  private void planarRgb(AVFrame picture, byte[] bgr) {
    int width = picture.width();
    int[] green0blue1red2 = {1, 0, 2};
    for (int p = 0; p < 3; p++) {
      planes.read(picture, p, width, picture.height());
      byte[] from = planes.plane(p);
      int out = green0blue1red2[p];
      for (int y = 0; y < picture.height(); y++) {
        int in = y * planes.stride(p);
        for (int x = 0; x < width; x++) {
          bgr[out] = from[in + x];
          out += 3;
        }
      }
    }
  }

  private void planarYuv(AVFrame picture, byte[] bgr) {
    AVPixFmtDescriptor layout = av_pix_fmt_desc_get(picture.format());
    if (layout == null
        || layout.nb_components() != 3
        || layout.comp(0).depth() != 8
        || layout.comp(2).plane() != 2
        || (layout.flags() & AV_PIX_FMT_FLAG_RGB) != 0) {
      BytePointer name = av_get_pix_fmt_name(picture.format());
      throw ImageRejectedException.unsupported(
          "a picture of pixel format " + (name == null ? "?" : name.getString()));
    }
    int width = picture.width();
    int height = picture.height();
    int shiftX = layout.log2_chroma_w();
    int shiftY = layout.log2_chroma_h();
    int columns = ChromaRows.ceilShift(width, shiftX);
    int rows = ChromaRows.ceilShift(height, shiftY);
    planes.read(picture, 0, width, height);
    planes.read(picture, 1, columns, rows);
    planes.read(picture, 2, columns, rows);
    blue.begin(planes.plane(1), planes.stride(1), width, height, shiftX, shiftY);
    red.begin(planes.plane(2), planes.stride(2), width, height, shiftX, shiftY);
    for (int y = 0; y < height; y++) {
      blue.row(y);
      red.row(y);
      colours.row(planes.plane(0), y * planes.stride(0), blue, red, width, bgr, 3 * y * width);
    }
  }
}
