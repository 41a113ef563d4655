package dev.millrace.components.supervision;

import java.util.List;

/**
 * An object's outline: Detectron2's {@code PolygonMasks}. What is inside is decided by {@link
 * PolygonFill}.
 *
 * @param parts x and y of the corners of each part in turn, in pixels of the network's input
 */
public record Polygons(List<double[]> parts) implements ObjectMask {

  private static final double LEAST_SIDE = 0.1;

  public Polygons {
    parts = List.copyOf(parts);
    if (parts.stream().anyMatch(part -> part.length < 6 || part.length % 2 != 0)) {
      throw new IllegalArgumentException(
          "expected three corners or more, x and y of each, in every part of an outline");
    }
  }

  @Override
  public boolean[] within(float[] box, int side) {
    double across = side / Math.max((double) (box[2] - box[0]), LEAST_SIDE);
    double down = side / Math.max((double) (box[3] - box[1]), LEAST_SIDE);
    boolean[] inside = new boolean[side * side];
    for (double[] part : parts) {
      double[] moved = new double[part.length];
      for (int i = 0; i < part.length; i += 2) {
        moved[i] = (part[i] - box[0]) * across;
        moved[i + 1] = (part[i + 1] - box[1]) * down;
      }
      fill(moved, side, inside);
    }
    return inside;
  }

  /** Adds what is inside of one part. */
  private static void fill(double[] corners, int side, boolean[] inside) {
    int[] turns = PolygonFill.turns(corners, side, side);
    for (int i = 0; i < turns.length; i += 2) {
      int end = i + 1 < turns.length ? turns[i + 1] : side * side;
      for (int at = turns[i]; at < end; at++) {
        inside[at % side * side + at / side] = true;
      }
    }
  }
}
