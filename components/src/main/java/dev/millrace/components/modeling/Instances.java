package dev.millrace.components.modeling;

import ai.djl.ndarray.NDArray;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What was found, dense: every image has the same number of rows, best first.
 *
 * @param boxes (N, D, 4) float32 in pixels of the network's input
 * @param scores (N, D) float32
 * @param classes (N, D) int64
 * @param counts (N) float32: how many rows of each image are detections
 * @param fields what else is known of each, by Detectron2's name of the field: (N, D, ...) float32
 */
public record Instances(
    NDArray boxes, NDArray scores, NDArray classes, NDArray counts, Map<String, NDArray> fields) {

  private static final String PREFIX = "instances.";

  /** The name of the boxes among a stage's values; likewise below. */
  public static final String BOXES = PREFIX + "boxes";

  public static final String SCORES = PREFIX + "scores";
  public static final String CLASSES = PREFIX + "classes";
  public static final String COUNTS = PREFIX + "counts";

  /** What the names of fields among a stage's values begin with. */
  public static final String FIELDS = PREFIX + "fields.";

  /** The field of masks: (N, D, h, w), the probability of each cell of the box. */
  public static final String PRED_MASKS = "pred_masks";

  /** The field of keypoints: (N, D, K, h, w), a logit for each keypoint and cell of the box. */
  public static final String PRED_KEYPOINT_HEATMAPS = "pred_keypoint_heatmaps";

  public Instances {
    fields = Map.copyOf(fields);
  }

  /** Boxes alone. */
  public Instances(NDArray boxes, NDArray scores, NDArray classes, NDArray counts) {
    this(boxes, scores, classes, counts, Map.of());
  }

  /** These with one more field; of a plugin's own name, it goes to the event as an attribute. */
  public Instances with(String field, NDArray values) {
    Map<String, NDArray> more = new LinkedHashMap<>(fields);
    more.put(field, values);
    return new Instances(boxes, scores, classes, counts, more);
  }

  /** Whether a stage's value of this name is part of the instances. */
  public static boolean has(String name) {
    return name.startsWith(PREFIX);
  }

  /** Puts them among a stage's values. */
  public void writeTo(Values values) {
    values.put(BOXES, boxes);
    values.put(SCORES, scores);
    values.put(CLASSES, classes);
    values.put(COUNTS, counts);
    fields.forEach((name, field) -> values.put(FIELDS + name, field));
  }
}
