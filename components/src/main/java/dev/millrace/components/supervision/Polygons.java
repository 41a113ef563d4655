package dev.millrace.components.supervision;

import java.util.List;

/**
 * An object's outline: Detectron2's {@code PolygonMasks}. What is inside is decided as by COCO's
 * {@code rleFrPoly}: the outline is followed in fifths of a cell, and each column changes sides
 * where the outline enters the next one.
 *
 * @param parts x and y of the corners of each part in turn, in pixels of the network's input
 */
public record Polygons(List<double[]> parts) implements ObjectMask {

  private static final double SCALE = 5;
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
    boolean[] turns = new boolean[side * side + 1]; // column by column
    Walk walk = new Walk(side, turns);
    int count = corners.length / 2;
    for (int i = 0; i < count; i++) {
      int next = (i + 1) % count;
      walk.line(
          (int) (SCALE * corners[2 * i] + 0.5),
          (int) (SCALE * corners[2 * i + 1] + 0.5),
          (int) (SCALE * corners[2 * next] + 0.5),
          (int) (SCALE * corners[2 * next + 1] + 0.5));
    }
    boolean in = false;
    for (int at = 0; at < side * side; at++) {
      in ^= turns[at];
      inside[at % side * side + at / side] |= in;
    }
  }

  /** Follows the outline point by point. */
  private static final class Walk {
    private final int side;
    private final boolean[] turns;
    private boolean begun;
    private int x;
    private int y;

    Walk(int side, boolean[] turns) {
      this.side = side;
      this.turns = turns;
    }

    void line(int x1, int y1, int x2, int y2) {
      int dx = Math.abs(x2 - x1);
      int dy = Math.abs(y2 - y1);
      boolean flat = dx >= dy;
      // Always from the lower end, so that a line is the same both ways.
      boolean back = flat ? x1 > x2 : y1 > y2;
      int fromX = back ? x2 : x1;
      int fromY = back ? y2 : y1;
      double slope =
          flat
              ? dx == 0 ? 0 : (double) (back ? y1 - y2 : y2 - y1) / dx
              : (double) (back ? x1 - x2 : x2 - x1) / dy;
      int length = Math.max(dx, dy);
      for (int i = 0; i <= length; i++) {
        int t = back ? length - i : i;
        if (flat) {
          point(fromX + t, (int) (fromY + slope * t + 0.5));
        } else {
          point((int) (fromX + slope * t + 0.5), fromY + t);
        }
      }
    }

    private void point(int nextX, int nextY) {
      if (begun && nextX != x) {
        double column = ((nextX < x ? nextX : nextX - 1) + 0.5) / SCALE - 0.5;
        if (Math.floor(column) == column && column >= 0 && column <= side - 1) {
          double row = (Math.min(nextY, y) + 0.5) / SCALE - 0.5;
          int at = (int) Math.ceil(Math.min(Math.max(row, 0), side));
          turns[(int) column * side + at] ^= true;
        }
      }
      begun = true;
      x = nextX;
      y = nextY;
    }
  }
}
