package dev.millrace.components.image;

/**
 * What PyTorch's {@code F.interpolate(mode="bilinear", align_corners=True)} gives in float32,
 * rounded to the nearest level: the corners' centres lie on each other, four taps a pixel, no
 * antialiasing. This is what D2Go's exported models have inside.
 */
public final class AlignCornersBilinear implements Resizer {
  private int fromWidth;
  private int toWidth;

  /** Per output column: index of its left sample's blue byte in a row, its right one's, weight. */
  private int[] left = {};

  private int[] right = {};
  private float[] weight = {};

  /** Two source rows, widths already changed: blue, then green, then red. */
  private float[] upper = {};

  private float[] lower = {};
  private byte[] line = {};

  @Override
  public byte[] resize(Frame source, int width, int height) {
    int plane = Math.multiplyExact(width, height);
    byte[] out = new byte[Math.multiplyExact(3, plane)];
    prepare(source.width(), width);
    float step = step(source.height(), height);
    int pitch = 3 * source.width();
    int upperRow = -1;
    int lowerRow = -1;
    for (int y = 0; y < height; y++) {
      float position = step * y;
      int above = Math.min((int) position, source.height() - 1);
      int below = Math.min(above + 1, source.height() - 1);
      if (above != upperRow) {
        float[] swap = upper;
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
      mix(position - above);
      for (int c = 0; c < 3; c++) {
        System.arraycopy(line, c * width, out, c * plane + y * width, width);
      }
    }
    return out;
  }

  private static float step(int from, int to) {
    return to > 1 ? (float) (from - 1) / (to - 1) : 0;
  }

  private void prepare(int from, int to) {
    if (from == fromWidth && to == toWidth) {
      return;
    }
    fromWidth = from;
    toWidth = to;
    left = new int[to];
    right = new int[to];
    weight = new float[to];
    upper = new float[3 * to];
    lower = new float[3 * to];
    line = new byte[3 * to];
    float step = step(from, to);
    for (int x = 0; x < to; x++) {
      float position = step * x;
      int nearest = Math.min((int) position, from - 1);
      left[x] = 3 * nearest;
      right[x] = 3 * Math.min(nearest + 1, from - 1);
      weight[x] = position - nearest;
    }
  }

  private void across(byte[] bgr, int row, float[] out) {
    int width = toWidth;
    for (int x = 0; x < width; x++) {
      int l = row + left[x];
      int r = row + right[x];
      float w = weight[x];
      float v = 1 - w;
      out[x] = v * (bgr[l] & 0xff) + w * (bgr[r] & 0xff);
      out[width + x] = v * (bgr[l + 1] & 0xff) + w * (bgr[r + 1] & 0xff);
      out[2 * width + x] = v * (bgr[l + 2] & 0xff) + w * (bgr[r + 2] & 0xff);
    }
  }

  private void mix(float w) {
    float v = 1 - w;
    for (int i = 0; i < line.length; i++) {
      line[i] = (byte) (int) (v * upper[i] + w * lower[i] + 0.5f);
    }
  }
}
