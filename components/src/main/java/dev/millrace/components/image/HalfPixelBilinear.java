package dev.millrace.components.image;

/**
 * OpenCV's {@code resize} with {@code INTER_LINEAR} of 8-bit pixels: centres at half-integers, two
 * taps an axis however much it shrinks, weights in 11 bits of fraction and its rounding.
 */
public final class HalfPixelBilinear implements Resizer {

  private static final int ONE = 1 << 11;

  private int fromWidth;
  private int toWidth;

  /** Per output column: index of its left sample's blue byte in a row, its right one's, weight. */
  private int[] left = {};

  private int[] right = {};
  private int[] weight = {};

  /** Two source rows, widths already changed, times {@link #ONE}: blue, then green, then red. */
  private int[] upper = {};

  private int[] lower = {};

  @Override
  public byte[] resize(Frame source, int width, int height) {
    int plane = Math.multiplyExact(width, height);
    byte[] out = new byte[Math.multiplyExact(3, plane)];
    prepare(source.width(), width);
    double step = 1 / ((double) height / source.height());
    int pitch = 3 * source.width();
    int last = source.height() - 1;
    int upperRow = -1;
    int lowerRow = -1;
    for (int y = 0; y < height; y++) {
      float position = (float) ((y + 0.5) * step - 0.5);
      int floor = (int) Math.floor(position);
      int w = fraction(position - floor);
      int above = Math.min(Math.max(floor, 0), last);
      int below = Math.min(Math.max(floor + 1, 0), last);
      if (above != upperRow) {
        int[] swap = upper;
        upper = lower;
        lower = swap;
        int row = upperRow;
        upperRow = lowerRow;
        lowerRow = row;
      }
      if (above != upperRow) {
        across(source.bgr(), above * pitch, upper);
        upperRow = above;
      }
      if (below != lowerRow) {
        across(source.bgr(), below * pitch, lower);
        lowerRow = below;
      }
      for (int c = 0; c < 3; c++) {
        mix(ONE - w, w, c * width, out, c * plane + y * width);
      }
    }
    return out;
  }

  /** Half to even, as OpenCV rounds. */
  private static int fraction(float w) {
    return (int) Math.rint(w * ONE);
  }

  private void prepare(int from, int to) {
    if (from == fromWidth && to == toWidth) {
      return;
    }
    fromWidth = from;
    toWidth = to;
    left = new int[to];
    right = new int[to];
    weight = new int[to];
    upper = new int[3 * to];
    lower = new int[3 * to];
    double step = 1 / ((double) to / from);
    for (int x = 0; x < to; x++) {
      float position = (float) ((x + 0.5) * step - 0.5);
      int floor = (int) Math.floor(position);
      boolean outside = floor < 0 || floor >= from - 1;
      int nearest = Math.min(Math.max(floor, 0), from - 1);
      left[x] = 3 * nearest;
      right[x] = 3 * Math.min(nearest + 1, from - 1);
      weight[x] = outside ? 0 : fraction(position - floor);
    }
  }

  private void across(byte[] bgr, int row, int[] out) {
    int width = toWidth;
    for (int x = 0; x < width; x++) {
      int l = row + left[x];
      int r = row + right[x];
      int w = weight[x];
      int v = ONE - w;
      out[x] = v * (bgr[l] & 0xff) + w * (bgr[r] & 0xff);
      out[width + x] = v * (bgr[l + 1] & 0xff) + w * (bgr[r + 1] & 0xff);
      out[2 * width + x] = v * (bgr[l + 2] & 0xff) + w * (bgr[r + 2] & 0xff);
    }
  }

  private void mix(int v, int w, int from, byte[] out, int to) {
    for (int x = 0; x < toWidth; x++) {
      int sum = (v * (upper[from + x] >> 4) >> 16) + (w * (lower[from + x] >> 4) >> 16);
      out[to + x] = (byte) ((sum + 2) >> 2);
    }
  }
}
