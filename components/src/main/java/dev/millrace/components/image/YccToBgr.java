package dev.millrace.components.image;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Rows of full-range YCbCr (ITU-R BT.601, as JFIF has it) to BGR with 16 bits of fraction: the
 * values that libjpeg gives, so that pictures look here as they did in training. For one thread.
 *
 * <p>Even and odd columns apart, then woven: two pixels are one 8-byte store. Ints, and one array
 * written per loop: loops that JDK 17 turns into vector instructions.
 */
final class YccToBgr {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final int HALF = 1 << 15;
  private static final int CR_TO_RED = fixed(1.402);
  private static final int CB_TO_BLUE = fixed(1.772);
  private static final int CR_TO_GREEN = fixed(0.714136286);
  private static final int CB_TO_GREEN = fixed(0.344136286);

  private int[] luma = {};
  private int[] even = {};
  private int[] odd = {};

  private static int fixed(double factor) {
    return (int) (factor * 65536 + 0.5);
  }

  /**
   * One row.
   *
   * @param y {@code width} samples from {@code yAt}
   * @param bgr receives 3 x {@code width} bytes from {@code bgrAt}
   */
  void row(byte[] y, int yAt, ChromaRows cb, ChromaRows cr, int width, byte[] bgr, int bgrAt) {
    int pairs = width / 2;
    int evens = width - pairs;
    if (luma.length < evens) {
      luma = new int[evens];
      even = new int[evens];
      odd = new int[evens];
    }
    everySecond(y, yAt, luma, evens);
    pixels(luma, cb.even(), cr.even(), evens, even);
    everySecond(y, yAt + 1, luma, pairs);
    pixels(luma, cb.odd(), cr.odd(), pairs, odd);
    int wide = Math.max(0, pairs - 1);
    weave(even, odd, wide, bgr, bgrAt);
    for (int x = 2 * wide; x < width; x++) {
      int pixel = x % 2 == 0 ? even[x / 2] : odd[x / 2];
      bgr[bgrAt + 3 * x] = (byte) pixel;
      bgr[bgrAt + 3 * x + 1] = (byte) (pixel >> 8);
      bgr[bgrAt + 3 * x + 2] = (byte) (pixel >> 16);
    }
  }

  private static void everySecond(byte[] from, int at, int[] to, int count) {
    for (int i = 0; i < count; i++) {
      to[i] = from[at + 2 * i] & 0xff;
    }
  }

  /** Blue in the lowest byte, then green, then red. */
  private static void pixels(int[] luma, int[] cb, int[] cr, int count, int[] to) {
    blue(luma, cb, count, to);
    green(luma, cb, cr, count, to);
    red(luma, cr, count, to);
  }

  private static void blue(int[] luma, int[] cb, int count, int[] to) {
    for (int x = 0; x < count; x++) {
      to[x] = clamp(luma[x] + ((CB_TO_BLUE * (cb[x] - 128) + HALF) >> 16));
    }
  }

  private static void green(int[] luma, int[] cb, int[] cr, int count, int[] to) {
    for (int x = 0; x < count; x++) {
      int shade = (HALF - CB_TO_GREEN * (cb[x] - 128) - CR_TO_GREEN * (cr[x] - 128)) >> 16;
      to[x] |= clamp(luma[x] + shade) << 8;
    }
  }

  private static void red(int[] luma, int[] cr, int count, int[] to) {
    for (int x = 0; x < count; x++) {
      to[x] |= clamp(luma[x] + ((CR_TO_RED * (cr[x] - 128) + HALF) >> 16)) << 16;
    }
  }

  /** To 0..255 without a branch and without min and max, which JDK 17 does not vectorise. */
  private static int clamp(int value) {
    int positive = value & ~(value >> 31);
    int over = positive - 255;
    return 255 + (over & (over >> 31));
  }

  /** Six bytes a pair; the two that each store writes too many are the next pair's. */
  private static void weave(int[] even, int[] odd, int pairs, byte[] bgr, int at) {
    for (int i = 0; i < pairs; i++) {
      LONGS.set(bgr, at + 6 * i, even[i] | (long) odd[i] << 24);
    }
  }
}
