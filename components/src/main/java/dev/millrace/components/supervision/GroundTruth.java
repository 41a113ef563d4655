package dev.millrace.components.supervision;

import java.util.List;

/**
 * The objects of one image.
 *
 * @param boxes x1, y1, x2, y2 of each, in pixels of the network's input
 * @param classes the index of each one's class
 * @param ignored boxes, 4 numbers each, of what may be taken for an object or not: what lies in
 *     them is no background to learn from
 * @param masks of each object; none where only boxes are known
 * @param keypoints of each object in turn: x, y and visibility of as many keypoints each, 0 where a
 *     keypoint is not labelled; none where they are not known
 */
@SuppressWarnings("ArrayRecordComponent") // lives for one step
public record GroundTruth(
    float[] boxes, int[] classes, float[] ignored, List<ObjectMask> masks, float[] keypoints) {

  /** Share of a box that lies in an ignored one, from which on it is no background. */
  private static final float INSIDE = 0.5f;

  public GroundTruth {
    if (boxes.length != 4 * classes.length || ignored.length % 4 != 0) {
      throw new IllegalArgumentException(
          "expected four numbers for each of %d objects and of those ignored, found %d and %d"
              .formatted(classes.length, boxes.length, ignored.length));
    }
    masks = List.copyOf(masks);
    if (!masks.isEmpty() && masks.size() != classes.length) {
      throw new IllegalArgumentException(
          "expected a mask for each of %d objects or none, found %d"
              .formatted(classes.length, masks.size()));
    }
    if (keypoints.length > 0
        && (classes.length == 0 || keypoints.length % (3 * classes.length) != 0)) {
      throw new IllegalArgumentException(
          "expected three numbers for each keypoint of %d objects or none, found %d"
              .formatted(classes.length, keypoints.length));
    }
  }

  /** Boxes alone. */
  public GroundTruth(float[] boxes, int[] classes, float[] ignored) {
    this(boxes, classes, ignored, List.of(), new float[0]);
  }

  /** With nothing to ignore. */
  public GroundTruth(float[] boxes, int[] classes) {
    this(boxes, classes, new float[0]);
  }

  public int objects() {
    return classes.length;
  }

  /**
   * Labels of boxes without those of background that lie in something ignored: they become -1.
   * mmdetection's {@code ignore_iof_thr}; Detectron2 has no such thing.
   *
   * @param labels of the boxes; not changed
   * @param background which of them is background's
   */
  public int[] withoutIgnored(int[] labels, float[] candidates, int background) {
    if (ignored.length == 0) {
      return labels;
    }
    int[] left = labels.clone();
    for (int i = 0; i < left.length; i++) {
      if (left[i] == background && ignores(candidates, 4 * i)) {
        left[i] = -1;
      }
    }
    return left;
  }

  private boolean ignores(float[] b, int at) {
    float area = (b[at + 2] - b[at]) * (b[at + 3] - b[at + 1]);
    for (int g = 0; g < ignored.length; g += 4) {
      float width = Math.min(b[at + 2], ignored[g + 2]) - Math.max(b[at], ignored[g]);
      float height = Math.min(b[at + 3], ignored[g + 3]) - Math.max(b[at + 1], ignored[g + 1]);
      if (width > 0 && height > 0 && width * height > INSIDE * area) {
        return true;
      }
    }
    return false;
  }
}
