package dev.millrace.components.modeling.postprocess;

import dev.millrace.components.modeling.DenseArray;
import dev.millrace.components.modeling.DenseInstances;
import dev.millrace.components.modeling.ImageBatch;
import dev.millrace.components.modeling.semantic.SemSegHead;
import java.util.Arrays;

/**
 * The class of every pixel of a frame: logits brought to its size as Detectron2's {@code
 * sem_seg_postprocess} does, then the largest. A row at a time, so that logits of the frame's size
 * exist nowhere.
 */
final class SemanticLabels {

  private final DenseArray logits;
  private final int classes;
  private final int rows;
  private final int columns;
  private final ImageBatch batch;

  private SemanticLabels(DenseArray logits, ImageBatch batch) {
    this.logits = logits;
    this.batch = batch;
    classes = Math.toIntExact(logits.shape()[1]);
    rows = Math.toIntExact(logits.shape()[2]);
    columns = Math.toIntExact(logits.shape()[3]);
  }

  /**
   * @throws IllegalStateException if the network gave none
   */
  static SemanticLabels of(DenseInstances instances, ImageBatch batch) {
    DenseArray logits = instances.maps().get(SemSegHead.SEM_SEG);
    if (logits == null) {
      throw new IllegalStateException(
          "this postprocessor needs a network with a semSegHead, such as PanopticFpn or"
              + " SemanticSegmentor");
    }
    return new SemanticLabels(logits, batch);
  }

  /**
   * @return class indices of an image's frame, row by row; of equal logits the lowest
   */
  int[] labels(int image) {
    int height = batch.sourceSizes()[2 * image];
    int width = batch.sourceSizes()[2 * image + 1];
    BilinearTaps down =
        new BilinearTaps(rows, batch.height() / rows, batch.sizes()[2 * image], height);
    BilinearTaps across =
        new BilinearTaps(columns, batch.width() / columns, batch.sizes()[2 * image + 1], width);
    int[] labels = new int[height * width];
    float[][][] wide = new float[BilinearTaps.MOST][classes][width];
    int made = 0; // rows of the map that are or were in there
    float[] best = new float[width];
    float[] sum = new float[width];
    for (int y = 0; y < height; y++) {
      int first = down.first(y);
      int last = Math.min(first + BilinearTaps.MOST, rows);
      for (made = Math.max(made, first); made < last; made++) {
        widen(image, made, across, wide[made % BilinearTaps.MOST]);
      }
      Arrays.fill(best, Float.NEGATIVE_INFINITY);
      for (int c = 0; c < classes; c++) {
        Arrays.fill(sum, 0);
        for (int tap = 0; tap < BilinearTaps.MOST && down.weight(y, tap) != 0; tap++) {
          add(sum, wide[(first + tap) % BilinearTaps.MOST][c], down.weight(y, tap));
        }
        takeLarger(best, sum, labels, y * width, c);
      }
    }
    return labels;
  }

  /** One row of the map, for each class, at the frame's width. */
  private void widen(int image, int row, BilinearTaps across, float[][] into) {
    for (int c = 0; c < classes; c++) {
      int from = ((image * classes + c) * rows + row) * columns;
      float[] wide = into[c];
      for (int x = 0; x < wide.length; x++) {
        float value = 0;
        int first = from + across.first(x);
        for (int tap = 0; tap < BilinearTaps.MOST && across.weight(x, tap) != 0; tap++) {
          value += across.weight(x, tap) * logits.numbers()[first + tap];
        }
        wide[x] = value;
      }
    }
  }

  private static void add(float[] sum, float[] row, float weight) {
    for (int x = 0; x < sum.length; x++) {
      sum[x] += weight * row[x];
    }
  }

  private static void takeLarger(float[] best, float[] sum, int[] labels, int first, int label) {
    for (int x = 0; x < sum.length; x++) {
      if (sum[x] > best[x]) {
        best[x] = sum[x];
        labels[first + x] = label;
      }
    }
  }
}
