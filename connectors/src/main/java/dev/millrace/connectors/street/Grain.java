package dev.millrace.connectors.street;

/** A sensor's noise: the same amount everywhere, other in every picture. Immutable. */
final class Grain {
  private static final int SIZE = 1 << 16;

  /** A byte of every sum of one and a signed one, which is 128 at most below 0. */
  private static final byte[] CLAMPED = new byte[128 + 256 + 128];

  static {
    for (int i = 0; i < CLAMPED.length; i++) {
      CLAMPED[i] = (byte) Math.max(0, Math.min(255, i - 128));
    }
  }

  private final byte[] table = new byte[SIZE];

  /**
   * @param deviation standard, in steps of eight bits
   */
  Grain(double deviation, long seed) {
    Dice dice = new Dice(seed);
    for (int i = 0; i < SIZE; i++) {
      // Irwin and Hall: nearly normal, and never far out
      double sum = dice.unit() + dice.unit() + dice.unit() + dice.unit() - 2;
      table[i] = (byte) StrictMath.round(deviation * sum * Math.sqrt(3));
    }
  }

  /**
   * Pixels to bytes.
   *
   * @param pixels {@code 0xrrggbb}, rows of {@code stride}
   * @param first index of the picture's first pixel
   * @param curve what becomes of each of 256 values before noise
   * @param moment what the noise depends on
   * @param bgr filled, blue first
   */
  void develop(
      int[] pixels,
      int first,
      int stride,
      int width,
      int height,
      int[] curve,
      long moment,
      byte[] bgr) {
    Dice dice = new Dice(moment, 0x677261696eL);
    int to = 0;
    for (int y = 0; y < height; y++) {
      int noise = dice.below(SIZE);
      int from = first + y * stride;
      for (int x = 0; x < width; x++) {
        int rgb = pixels[from + x];
        bgr[to] = CLAMPED[128 + curve[rgb & 255] + table[noise & SIZE - 1]];
        bgr[to + 1] = CLAMPED[128 + curve[rgb >> 8 & 255] + table[noise + 1 & SIZE - 1]];
        bgr[to + 2] = CLAMPED[128 + curve[rgb >> 16] + table[noise + 2 & SIZE - 1]];
        noise += 3;
        to += 3;
      }
    }
  }
}
