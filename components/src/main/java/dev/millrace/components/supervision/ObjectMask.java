package dev.millrace.components.supervision;

/** The true pixels of an object, in pixels of the network's input. */
@FunctionalInterface
public interface ObjectMask {

  /**
   * What of it lies in a box, brought to a grid: Detectron2's {@code crop_and_resize}.
   *
   * @param box x1, y1, x2, y2
   * @param side rows and columns of the grid
   * @return row by row, whether each cell belongs to the object
   */
  boolean[] within(float[] box, int side);
}
