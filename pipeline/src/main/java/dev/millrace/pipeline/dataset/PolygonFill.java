package dev.millrace.pipeline.dataset;

import dev.millrace.connectors.format.RunLengths;
import java.util.Arrays;

/**
 * Which pixels a polygon takes: the same, one for one, as pycocotools' {@code frPoly}. The border
 * is walked on a grid of a fifth of a pixel; where it passes the middle of a column of pixels, the
 * column changes from outside to inside or back. For one polygon.
 */
final class PolygonFill {

  private static final double SCALE = 5;

  private final int height;
  private final int width;
  private int[] changes = new int[64];
  private int count;
  private int lastX;
  private int lastY;

  private PolygonFill(int height, int width) {
    this.height = height;
    this.width = width;
  }

  /**
   * @param xy corners in pixels; the last is joined to the first
   */
  static RunLengths fill(double[] xy, int height, int width) {
    PolygonFill fill = new PolygonFill(height, width);
    int corners = xy.length / 2;
    fill.lastX = grid(xy[0]);
    fill.lastY = grid(xy[1]);
    for (int i = 0; i < corners; i++) {
      int next = (i + 1) % corners;
      fill.walk(grid(xy[2 * i]), grid(xy[2 * i + 1]), grid(xy[2 * next]), grid(xy[2 * next + 1]));
    }
    return fill.runs();
  }

  private static int grid(double v) {
    return (int) (SCALE * v + .5);
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
        at(x0 + t, (int) (y0 + slope * t + .5));
      } else {
        at((int) (x0 + slope * t + .5), y0 + t);
      }
    }
  }

  private void at(int x, int y) {
    if (x != lastX) {
      double column = ((x < lastX ? x : x - 1) + .5) / SCALE - .5;
      if (Math.floor(column) == column && column >= 0 && column <= width - 1) {
        double row = (Math.min(y, lastY) + .5) / SCALE - .5;
        row = Math.ceil(Math.min(Math.max(row, 0), height));
        if (count == changes.length) {
          changes = Arrays.copyOf(changes, 2 * count);
        }
        changes[count++] = (int) column * height + (int) row;
      }
    }
    lastX = x;
    lastY = y;
  }

  private RunLengths runs() {
    Arrays.sort(changes, 0, count);
    int kept = 0;
    for (int i = 0; i < count; i++) { // two changes at one place are none
      if (kept > 0 && changes[kept - 1] == changes[i]) {
        kept--;
      } else {
        changes[kept++] = changes[i];
      }
    }
    int[] runs = new int[kept + 1];
    int from = 0;
    for (int i = 0; i < kept; i++) {
      runs[i] = changes[i] - from;
      from = changes[i];
    }
    runs[kept] = height * width - from;
    return RunLengths.of(
        height, width, runs[kept] == 0 && kept > 0 ? Arrays.copyOf(runs, kept) : runs);
  }
}
