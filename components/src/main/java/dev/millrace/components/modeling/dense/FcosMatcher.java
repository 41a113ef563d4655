package dev.millrace.components.modeling.dense;

import dev.millrace.components.supervision.Matcher;
import java.util.List;

/**
 * Detectron2's {@code _match_anchors} of FCOS: a cell answers for an object if it lies in it, near
 * its middle, and if the object is of its level's size; of several objects for the smallest.
 *
 * @param cells of each level; the finest takes the smallest objects as well, the coarsest the
 *     largest
 * @param radius how far from the middle along each axis, in strides
 */
record FcosMatcher(List<Integer> cells, double radius) {

  /** The farthest edge of a level's objects is between 4 and 8 of its strides away. */
  private static final float LEAST = 4;

  private static final float MOST = 8;

  /** Areas are taken from this; objects that are no smaller are nobody's. */
  private static final float LARGEST = 1e8f;

  /**
   * @param truth boxes of the objects, 4 numbers each
   * @param anchors squares of one stride around the middle of each cell, level by level
   */
  Matcher.Matches match(float[] truth, float[] anchors) {
    int[] objects = new int[anchors.length / 4];
    int[] labels = new int[objects.length];
    int cell = 0;
    for (int level = 0; level < cells.size(); level++) {
      boolean finest = level == 0;
      boolean coarsest = level == cells.size() - 1;
      for (int end = cell + cells.get(level); cell < end; cell++) {
        float stride = anchors[4 * cell + 2] - anchors[4 * cell];
        int object =
            smallest(
                truth,
                0.5f * (anchors[4 * cell] + anchors[4 * cell + 2]),
                0.5f * (anchors[4 * cell + 1] + anchors[4 * cell + 3]),
                (float) radius * stride,
                finest ? 0 : LEAST * stride,
                coarsest ? Float.POSITIVE_INFINITY : MOST * stride);
        labels[cell] = object < 0 ? 0 : 1;
        objects[cell] = Math.max(0, object);
      }
    }
    return new Matcher.Matches(objects, labels);
  }

  /** The smallest object that a point answers for; of equal ones the first; -1: none. */
  private static int smallest(
      float[] truth, float x, float y, float near, float least, float most) {
    int best = -1;
    float bestQuality = 0;
    for (int g = 0; g < truth.length / 4; g++) {
      float x1 = truth[4 * g];
      float y1 = truth[4 * g + 1];
      float x2 = truth[4 * g + 2];
      float y2 = truth[4 * g + 3];
      float farthest = Math.max(Math.max(x - x1, y - y1), Math.max(x2 - x, y2 - y));
      boolean inside = Math.min(Math.min(x - x1, y - y1), Math.min(x2 - x, y2 - y)) > 0;
      boolean middle =
          Math.max(Math.abs(x - 0.5f * (x1 + x2)), Math.abs(y - 0.5f * (y1 + y2))) < near;
      float quality = LARGEST - (x2 - x1) * (y2 - y1);
      if (inside && middle && farthest > least && farthest < most && quality > bestQuality) {
        best = g;
        bestQuality = quality;
      }
    }
    return best;
  }
}
