package dev.millrace.components.modeling.postprocess;

/**
 * One axis of what Detectron2's {@code sem_seg_postprocess} does: a map is enlarged by a whole
 * factor, cut to the image and resized to the frame, each time bilinear with half-pixel centres.
 * Both interpolations are one weighted sum of neighbouring cells.
 */
final class BilinearTaps {

  /** Cells that a sample is made of at most. */
  static final int MOST = 4;

  private final int[] first;
  private final float[] weights;

  /**
   * @param cells of the map
   * @param factor pixels of the enlarged map for each cell
   * @param image pixels that are left of it
   * @param frame pixels that are made of them
   */
  BilinearTaps(int cells, int factor, int image, int frame) {
    first = new int[frame];
    weights = new float[MOST * frame];
    float scale = (float) image / frame;
    for (int i = 0; i < frame; i++) {
      float at = Math.max(0, scale * (i + 0.5f) - 0.5f);
      int low = Math.min((int) at, image - 1);
      int high = Math.min(low + 1, image - 1);
      first[i] = (int) cell(low, factor);
      add(i, low, factor, cells, 1 - (at - low));
      add(i, high, factor, cells, at - low);
    }
  }

  private static float cell(int pixel, int factor) {
    return Math.max(0, (pixel + 0.5f) / factor - 0.5f);
  }

  /** Adds a pixel of the enlarged map to a sample. */
  private void add(int i, int pixel, int factor, int cells, float weight) {
    float at = cell(pixel, factor);
    int low = (int) at;
    int high = Math.min(low + 1, cells - 1);
    weights[MOST * i + low - first[i]] += weight * (1 - (at - low));
    weights[MOST * i + high - first[i]] += weight * (at - low);
  }

  /** The first cell that a sample is made of. */
  int first(int i) {
    return first[i];
  }

  /** The weight of the cell {@code tap} after the first; 0 from some tap on. */
  float weight(int i, int tap) {
    return weights[MOST * i + tap];
  }
}
