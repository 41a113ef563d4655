package dev.millrace.components.modeling;

import ai.djl.ndarray.NDArray;

/**
 * What was found, dense: every image has the same number of rows, best first.
 *
 * @param boxes (N, D, 4) float32 in pixels of the network's input
 * @param scores (N, D) float32
 * @param classes (N, D) int64
 * @param counts (N) float32: how many rows of each image are detections
 */
public record Instances(NDArray boxes, NDArray scores, NDArray classes, NDArray counts) {

  /** The name of the boxes among a stage's values; likewise below. */
  public static final String BOXES = "instances.boxes";

  public static final String SCORES = "instances.scores";
  public static final String CLASSES = "instances.classes";
  public static final String COUNTS = "instances.counts";

  /** For the stage that finds them. */
  public void writeTo(Values values) {
    values.put(BOXES, boxes);
    values.put(SCORES, scores);
    values.put(CLASSES, classes);
    values.put(COUNTS, counts);
  }
}
