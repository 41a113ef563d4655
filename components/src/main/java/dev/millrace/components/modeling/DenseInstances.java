package dev.millrace.components.modeling;

import java.util.Map;

/**
 * {@link Instances} as Java values, still in pixels of the network's input.
 *
 * @param images N
 * @param rows D, rows of each image
 * @param boxes N * D * 4
 * @param scores N * D
 * @param classes N * D
 * @param counts N: how many rows of each image are detections
 * @param fields what else is known of each detection, (N, D, ...), by name
 * @param maps what is known of each image as a whole, (N, ...), by name
 */
@SuppressWarnings("ArrayRecordComponent") // lives for one batch
public record DenseInstances(
    int images,
    int rows,
    float[] boxes,
    float[] scores,
    long[] classes,
    int[] counts,
    Map<String, DenseArray> fields,
    Map<String, DenseArray> maps) {

  /** Boxes alone. */
  public DenseInstances(
      int images, int rows, float[] boxes, float[] scores, long[] classes, int[] counts) {
    this(images, rows, boxes, scores, classes, counts, Map.of(), Map.of());
  }
}
