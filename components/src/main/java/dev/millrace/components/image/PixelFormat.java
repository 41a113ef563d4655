package dev.millrace.components.image;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * How {@code application/x-raw} frames lay out their uint8 pixels: rows from the top, no padding.
 */
public enum PixelFormat {
  BGR24(3),
  RGB24(3),
  GRAY8(1);

  private final int bytesPerPixel;

  PixelFormat(int bytesPerPixel) {
    this.bytesPerPixel = bytesPerPixel;
  }

  /**
   * @param name bgr24, rgb24 or gray8
   * @throws ImageRejectedException unsupported, for any other name
   */
  public static PixelFormat of(String name) {
    for (PixelFormat format : values()) {
      if (format.toString().equals(name)) {
        return format;
      }
    }
    throw ImageRejectedException.unsupported(
        "raw pixels of format '%s'; expected one of %s"
            .formatted(
                name,
                Arrays.stream(values()).map(Object::toString).collect(Collectors.joining(", "))));
  }

  int bytesPerPixel() {
    return bytesPerPixel;
  }

  /** The same array where it is BGR already. */
  byte[] toBgr(byte[] pixels) {
    if (this == BGR24) {
      return pixels;
    }
    byte[] bgr = new byte[pixels.length / bytesPerPixel * 3];
    int far = bytesPerPixel - 1;
    int middle = far / 2;
    for (int in = 0, out = 0; in < pixels.length; in += bytesPerPixel, out += 3) {
      bgr[out] = pixels[in + far];
      bgr[out + 1] = pixels[in + middle];
      bgr[out + 2] = pixels[in];
    }
    return bgr;
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
