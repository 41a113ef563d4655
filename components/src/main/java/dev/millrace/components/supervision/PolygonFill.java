package dev.millrace.components.supervision;

import java.util.Arrays;

/**
 * Which cells of a grid a polygon takes: the same, one for one, as pycocotools' {@code frPoly}. The
 * border is walked in fifths of a cell; where it passes the middle of a column of cells, the column
 * changes from outside to inside or back. For one polygon.
 */
public final class PolygonFill {

  private static final double SCALE = 5;

  private final int height;
  private final int width;
  private int[] turns = new int[64];
  private int count;
  private boolean begun;
  private int lastX;
  private int lastY;

  private PolygonFill(int height, int width) {
    this.height = height;
    this.width = width;
  }

  /**
   * Where outside and inside take turns, counted down one column after the other, in rising order.
   * The first cells are outside.
   *
   * @param corners x1, y1, x2, y2 and so on in cells; the last is joined to the first
   * @return positions of 0 to {@code height * width}, both included, each once
   */
  public static int[] turns(double[] corners, int height, int width) {
    PolygonFill fill = new PolygonFill(height, width);
    int count = corners.length / 2;
    for (int i = 0; i < count; i++) {
      int next = (i + 1) % count;
      fill.walk(
          grid(corners[2 * i]),
          grid(corners[2 * i + 1]),
          grid(corners[2 * next]),
          grid(corners[2 * next + 1]));
    }
    return fill.sorted();
  }

  private static int grid(double v) {
    return (int) (SCALE * v + 0.5);
  }

  /** One edge, a step of the grid at a time along its longer side. */
  private void walk(int fromX, int fromY, int toX, int toY) {
    int across = Math.abs(toX - fromX);
    int down = Math.abs(toY - fromY);
    boolean flat = across >= down;
    boolean back = flat ? fromX > toX : fromY > toY; // rounds alike in both directions
    int x0 = back ? toX : fromX;
    int y0 = back ? toY : fromY;
    int steps = Math.max(across, down);
    double slope =
        flat
            ? (double) ((back ? fromY : toY) - y0) / across
            : (double) ((back ? fromX : toX) - x0) / down;
    for (int step = 0; steps > 0 && step <= steps; step++) {
      int t = back ? steps - step : step;
      if (flat) {
        at(x0 + t, (int) (y0 + slope * t + 0.5));
      } else {
        at((int) (x0 + slope * t + 0.5), y0 + t);
      }
    }
  }

  private void at(int x, int y) {
    if (begun && x != lastX) {
      double column = ((x < lastX ? x : x - 1) + 0.5) / SCALE - 0.5;
      if (Math.floor(column) == column && column >= 0 && column <= width - 1) {
        double row = (Math.min(y, lastY) + 0.5) / SCALE - 0.5;
        if (count == turns.length) {
          turns = Arrays.copyOf(turns, 2 * count);
        }
        turns[count++] =
            (int) column * height + (int) Math.ceil(Math.min(Math.max(row, 0), height));
      }
    }
    begun = true;
    lastX = x;
    lastY = y;
  }

  /** Two turns at one place are none. */
  private int[] sorted() {
    Arrays.sort(turns, 0, count);
    int kept = 0;
    for (int i = 0; i < count; i++) {
      if (kept > 0 && turns[kept - 1] == turns[i]) {
        kept--;
      } else {
        turns[kept++] = turns[i];
      }
    }
    return Arrays.copyOf(turns, kept);
  }
}
