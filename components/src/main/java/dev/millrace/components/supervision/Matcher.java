package dev.millrace.components.supervision;

import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/**
 * Detectron2's {@code Matcher}: which object a box answers for, and whether it is to be told
 * "object", "background" or nothing, by its best intersection over union.
 *
 * @param thresholds ascending; they part the qualities into one range more than there are of them,
 *     the lower bound inclusive
 * @param labels of the ranges: 1 object, 0 background, -1 ignored
 * @param allowLowQualityMatches the best boxes of each object are labelled 1 however bad they are
 *     (Ren et al., Faster R-CNN, 2015, section 3.1.2, case i)
 */
public record Matcher(
    List<Double> thresholds, List<Integer> labels, boolean allowLowQualityMatches) {

  /**
   * @param objects the best object of each box; of equal ones the first, 0 where there are none
   * @param labels of each box
   */
  @SuppressWarnings("ArrayRecordComponent") // lives for one step
  public record Matches(int[] objects, int[] labels) {}

  public Matcher {
    thresholds = List.copyOf(thresholds);
    labels = List.copyOf(labels);
    if (labels.size() != thresholds.size() + 1
        || !thresholds.equals(thresholds.stream().sorted().toList())
        || !List.of(-1, 0, 1).containsAll(labels)) {
      throw new IllegalArgumentException(
          "expected ascending thresholds and one label (-1, 0 or 1) more, found "
              + thresholds
              + " and "
              + labels);
    }
  }

  /**
   * @param truth boxes of the objects, 4 numbers each
   * @param boxes to be matched, 4 numbers each
   */
  public Matches match(float[] truth, float[] boxes) {
    int objects = truth.length / 4;
    int count = boxes.length / 4;
    int[] best = new int[count];
    int[] label = new int[count];
    if (objects == 0) {
      Arrays.fill(label, labels.get(0));
      return new Matches(best, label);
    }
    float[] quality = new float[count];
    Arrays.fill(quality, -1);
    BitSet bestOfObjects = new BitSet(count);
    for (int g = 0; g < objects; g++) {
      bestOfObjects.or(take(truth, g, boxes, quality, best));
    }
    for (int i = 0; i < count; i++) {
      label[i] = allowLowQualityMatches && bestOfObjects.get(i) ? 1 : label(quality[i]);
    }
    return new Matches(best, label);
  }

  /**
   * Gives an object the boxes that it overlaps more than those before.
   *
   * @return those that no other overlaps more: all of them where it overlaps none, as in Detectron2
   */
  private static BitSet take(
      float[] truth, int object, float[] boxes, float[] quality, int[] best) {
    BitSet most = new BitSet(quality.length);
    float largest = 0;
    for (int i = 0; i < quality.length; i++) {
      float iou = Boxes.iou(truth, object, boxes, i);
      if (iou > quality[i]) {
        quality[i] = iou;
        best[i] = object;
      }
      if (iou > largest) {
        largest = iou;
        most.clear();
      }
      if (iou == largest) {
        most.set(i);
      }
    }
    return most;
  }

  private int label(float quality) {
    int range = 0;
    while (range < thresholds.size() && quality >= thresholds.get(range).floatValue()) {
      range++;
    }
    return labels.get(range);
  }
}
