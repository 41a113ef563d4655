package dev.millrace.components.image;

/**
 * Full-range YCbCr (ITU-R BT.601, as JFIF has it) to BGR, 16 bits of fraction: the values that
 * libjpeg gives, so that pictures look here as they did in training.
 */
final class YccToBgr {
  private static final int HALF = 1 << 15;
  private static final int[] CR_TO_RED = new int[256];
  private static final int[] CB_TO_BLUE = new int[256];
  private static final int[] CR_TO_GREEN = new int[256];
  private static final int[] CB_TO_GREEN = new int[256];

  /** Clamps -256..511 to 0..255. */
  private static final byte[] CLAMP = new byte[768];

  static {
    for (int i = 0; i < 256; i++) {
      int centred = i - 128;
      CR_TO_RED[i] = (fixed(1.402) * centred + HALF) >> 16;
      CB_TO_BLUE[i] = (fixed(1.772) * centred + HALF) >> 16;
      CR_TO_GREEN[i] = -fixed(0.714136286) * centred;
      CB_TO_GREEN[i] = -fixed(0.344136286) * centred + HALF;
    }
    for (int i = 0; i < CLAMP.length; i++) {
      CLAMP[i] = (byte) Math.max(0, Math.min(255, i - 256));
    }
  }

  private YccToBgr() {}

  private static int fixed(double factor) {
    return (int) (factor * 65536 + 0.5);
  }

  /**
   * One row.
   *
   * @param luma {@code width} samples from {@code lumaAt}
   * @param bgr receives 3 x {@code width} bytes from {@code bgrAt}
   */
  static void row(
      byte[] luma, int lumaAt, byte[] blue, byte[] red, int width, byte[] bgr, int bgrAt) {
    int out = bgrAt;
    for (int x = 0; x < width; x++) {
      int y = (luma[lumaAt + x] & 0xff) + 256;
      int cb = blue[x] & 0xff;
      int cr = red[x] & 0xff;
      bgr[out] = CLAMP[y + CB_TO_BLUE[cb]];
      bgr[out + 1] = CLAMP[y + ((CB_TO_GREEN[cb] + CR_TO_GREEN[cr]) >> 16)];
      bgr[out + 2] = CLAMP[y + CR_TO_RED[cr]];
      out += 3;
    }
  }
}
