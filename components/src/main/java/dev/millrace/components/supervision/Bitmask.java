package dev.millrace.components.supervision;

import java.util.BitSet;

/** An object's pixels one by one: Detectron2's {@code BitMasks}. Immutable. */
public final class Bitmask implements ObjectMask {

  private final int height;
  private final int width;
  private final BitSet pixels;

  /**
   * @param height of the network's input in pixels
   * @param width of it
   * @param pixels of the object, column by column; those beyond the input are none
   */
  public Bitmask(int height, int width, BitSet pixels) {
    this.height = height;
    this.width = width;
    this.pixels = pixels.get(0, Math.multiplyExact(height, width));
  }

  /** Whether there is no pixel. */
  public boolean isEmpty() {
    return pixels.isEmpty();
  }

  /** A cell is the object's where ROIAlign, with as many samples as pixels, gives half or more. */
  @Override
  public boolean[] within(float[] box, int side) {
    Samples across = new Samples(box[0], box[2], side, width);
    Samples down = new Samples(box[1], box[3], side, height);
    float all = Math.max(across.each * down.each, 1);
    boolean[] inside = new boolean[side * side];
    for (int row = 0; row < side; row++) {
      for (int column = 0; column < side; column++) {
        inside[row * side + column] = sum(down, row, across, column) / all >= 0.5f;
      }
    }
    return inside;
  }

  private float sum(Samples down, int row, Samples across, int column) {
    float sum = 0;
    for (int v = row * down.each; v < (row + 1) * down.each; v++) {
      for (int u = column * across.each; u < (column + 1) * across.each; u++) {
        sum +=
            down.near(v)
                    * (across.near(u) * at(across.low[u], down.low[v])
                        + across.rest[u] * at(across.high[u], down.low[v]))
                + down.rest[v]
                    * (across.near(u) * at(across.low[u], down.high[v])
                        + across.rest[u] * at(across.high[u], down.high[v]));
      }
    }
    return sum;
  }

  private int at(int x, int y) {
    return x >= 0 && y >= 0 && pixels.get(x * height + y) ? 1 : 0;
  }

  /** Where ROIAlign looks along one axis: between which pixels, and how near to the second. */
  private static final class Samples {
    final int each;
    final int[] low;
    final int[] high;
    final float[] rest;

    Samples(float from, float to, int cells, int pixels) {
      float cell = (to - from) / cells;
      each = (int) Math.ceil(cell);
      low = new int[cells * each];
      high = new int[cells * each];
      rest = new float[cells * each];
      for (int i = 0; i < cells * each; i++) {
        float at = from - 0.5f + i / each * cell + (i % each + 0.5f) * cell / each;
        boolean outside = at < -1 || at > pixels;
        int before = (int) Math.max(at, 0);
        boolean last = before >= pixels - 1;
        low[i] = outside ? -1 : last ? pixels - 1 : before;
        high[i] = outside ? -1 : last ? pixels - 1 : before + 1;
        rest[i] = last ? 0 : Math.max(at, 0) - before;
      }
    }

    float near(int sample) {
      return 1 - rest[sample];
    }
  }
}
