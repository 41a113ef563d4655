package dev.millrace.components.modeling.roi;

/**
 * The regions that a box predictor learns from, image after image.
 *
 * @param images how many images they are from
 * @param boxes the M regions, 4 numbers each, in pixels of the network's input
 * @param classes of each: the class of the object that it answers for, or the number of classes for
 *     background
 * @param trueBoxes the box of that object; of no meaning for background
 */
@SuppressWarnings("ArrayRecordComponent") // lives for one step
public record RoiSamples(int images, float[] boxes, int[] classes, float[] trueBoxes) {
  public RoiSamples {
    if (boxes.length != 4 * classes.length || trueBoxes.length != boxes.length) {
      throw new IllegalArgumentException("expected four numbers a box, and as many true boxes");
    }
  }

  /** M. */
  public int rows() {
    return classes.length;
  }
}
