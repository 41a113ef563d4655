package dev.millrace.components.modeling;

/**
 * {@link Instances} as Java values, still in pixels of the network's input.
 *
 * @param images N
 * @param rows D, rows of each image
 * @param boxes N * D * 4
 * @param scores N * D
 * @param classes N * D
 * @param counts N: how many rows of each image are detections
 */
@SuppressWarnings("ArrayRecordComponent") // lives for one batch
public record DenseInstances(
    int images, int rows, float[] boxes, float[] scores, long[] classes, int[] counts) {}
