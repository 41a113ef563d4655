package dev.millrace.components.image;

/**
 * Rows of full-range YCbCr (ITU-R BT.601, as JFIF has it) to BGR with 16 bits of fraction: the
 * values that libjpeg gives, so that pictures look here as they did in training. For one thread.
 *
 * <p>Ints, and one array written per loop: loops that JDK 17 turns into vector instructions.
 */
final class YccToBgr {
  private static final int HALF = 1 << 15;
  private static final int CR_TO_RED = fixed(1.402);
  private static final int CB_TO_BLUE = fixed(1.772);
  private static final int CR_TO_GREEN = fixed(0.714136286);
  private static final int CB_TO_GREEN = fixed(0.344136286);

  private int[] luma = {};
  private int[] blue = {};
  private int[] green = {};
  private int[] red = {};

  private static int fixed(double factor) {
    return (int) (factor * 65536 + 0.5);
  }

  /**
   * One row.
   *
   * @param y {@code width} samples from {@code yAt}
   * @param cb {@code width} samples, 0 to 255
   * @param cr likewise
   * @param bgr receives 3 x {@code width} bytes from {@code bgrAt}
   */
  void row(byte[] y, int yAt, int[] cb, int[] cr, int width, byte[] bgr, int bgrAt) {
    if (luma.length < width) {
      luma = new int[width];
      blue = new int[width];
      green = new int[width];
      red = new int[width];
    }
    widen(y, yAt, luma, width);
    blue(luma, cb, width, blue);
    green(luma, cb, cr, width, green);
    red(luma, cr, width, red);
    interleave(blue, green, red, width, bgr, bgrAt);
  }

  private static void widen(byte[] from, int at, int[] to, int width) {
    for (int x = 0; x < width; x++) {
      to[x] = from[at + x] & 0xff;
    }
  }

  private static void blue(int[] luma, int[] cb, int width, int[] blue) {
    for (int x = 0; x < width; x++) {
      blue[x] = clamp(luma[x] + ((CB_TO_BLUE * (cb[x] - 128) + HALF) >> 16));
    }
  }

  private static void green(int[] luma, int[] cb, int[] cr, int width, int[] green) {
    for (int x = 0; x < width; x++) {
      green[x] =
          clamp(
              luma[x] + ((HALF - CB_TO_GREEN * (cb[x] - 128) - CR_TO_GREEN * (cr[x] - 128)) >> 16));
    }
  }

  private static void red(int[] luma, int[] cr, int width, int[] red) {
    for (int x = 0; x < width; x++) {
      red[x] = clamp(luma[x] + ((CR_TO_RED * (cr[x] - 128) + HALF) >> 16));
    }
  }

  /** To 0..255 without a branch and without min and max, which JDK 17 does not vectorise. */
  private static int clamp(int value) {
    int positive = value & ~(value >> 31);
    int over = positive - 255;
    return 255 + (over & (over >> 31));
  }

  private static void interleave(
      int[] blue, int[] green, int[] red, int width, byte[] bgr, int at) {
    for (int x = 0; x < width; x++) {
      bgr[at + 3 * x] = (byte) blue[x];
      bgr[at + 3 * x + 1] = (byte) green[x];
      bgr[at + 3 * x + 2] = (byte) red[x];
    }
  }
}
