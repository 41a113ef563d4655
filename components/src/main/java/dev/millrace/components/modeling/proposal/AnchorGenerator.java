package dev.millrace.components.modeling.proposal;

/**
 * The boxes of fixed size that proposals start from. Detectron2's {@code ANCHOR_GENERATOR}. Keeps
 * no state.
 */
public interface AnchorGenerator {

  /**
   * @param level index of the feature map
   * @return how many anchors each of its cells has
   */
  int anchorsPerCell(int level);

  /**
   * @param height rows of the feature map
   * @param width its columns
   * @return (height * width * anchors) boxes of 4, in pixels, ordered by row, column, anchor
   */
  float[] anchors(int level, int height, int width);
}
