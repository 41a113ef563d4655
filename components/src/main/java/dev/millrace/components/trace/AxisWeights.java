package dev.millrace.components.trace;

import java.util.Arrays;

/**
 * How much each cell along one axis counts in each bin of a box, by torchvision's sampling rule of
 * ROIAlign. For one box after the other.
 */
final class AxisWeights {

  private final int bins;
  private final int cells;
  private final VisionOps.RoiAlign how;
  private final float[] weights;
  private final int[] first;
  private final int[] last;

  /**
   * @param cells of the feature map along this axis
   */
  AxisWeights(int bins, int cells, VisionOps.RoiAlign how) {
    this.bins = bins;
    this.cells = cells;
    this.how = how;
    weights = new float[bins * cells];
    first = new int[bins];
    last = new int[bins];
  }

  /** First cell that counts in a bin; above {@link #last} if none does. */
  int first(int bin) {
    return first[bin];
  }

  int last(int bin) {
    return last[bin];
  }

  float weight(int bin, int cell) {
    return weights[bin * cells + cell];
  }

  /**
   * @param from low edge of the box in pixels
   * @param to its high edge
   * @param scale cells per pixel
   */
  void of(float from, float to, float scale) {
    Arrays.fill(weights, 0);
    Arrays.fill(first, cells);
    Arrays.fill(last, -1);
    float offset = how.aligned() ? 0.5f : 0f;
    float start = from * scale - offset;
    float end = to * scale - offset;
    float length = end - start;
    if (!how.aligned()) {
      length = Math.max(length, 1f);
    }
    float bin = length / bins;
    int samples = how.samplingRatio() > 0 ? how.samplingRatio() : (int) Math.ceil(length / bins);
    // torchvision divides by at least one, so that an empty box gives zeros
    float share = 1f / Math.max(samples, 1);
    for (int p = 0; p < bins; p++) {
      for (int s = 0; s < samples; s++) {
        float at = start + p * bin + (s + 0.5f) * bin / samples;
        if (at < -1f || at > cells) {
          continue;
        }
        float y = Math.max(at, 0f);
        int low = (int) y;
        int high = low + 1;
        if (low >= cells - 1) {
          low = cells - 1;
          high = low;
          y = low;
        }
        float rest = y - low;
        add(p, low, share * (1f - rest));
        add(p, high, share * rest);
      }
    }
  }

  private void add(int bin, int cell, float weight) {
    weights[bin * cells + cell] += weight;
    first[bin] = Math.min(first[bin], cell);
    last[bin] = Math.max(last[bin], cell);
  }
}
