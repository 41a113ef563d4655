package dev.millrace.components.supervision;

/**
 * The objects of one image.
 *
 * @param boxes x1, y1, x2, y2 of each, in pixels of the network's input
 * @param classes the index of each one's class
 */
@SuppressWarnings("ArrayRecordComponent") // lives for one step
public record GroundTruth(float[] boxes, int[] classes) {
  public GroundTruth {
    if (boxes.length != 4 * classes.length) {
      throw new IllegalArgumentException(
          "expected four numbers for each of %d objects, found %d"
              .formatted(classes.length, boxes.length));
    }
  }

  public int objects() {
    return classes.length;
  }
}
