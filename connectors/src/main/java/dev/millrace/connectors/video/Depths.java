package dev.millrace.connectors.video;

import dev.millrace.connectors.format.RunLengths;
import java.util.Arrays;
import java.util.List;

/**
 * Where the parts of a picture are widest, which is where a label fits: for each the point that is
 * farthest from its edge, in steps along rows and columns, over a grid of at most {@link #MOST}
 * cells.
 */
final class Depths {

  private static final int MOST = 200_000;

  /**
   * The widest place of one part.
   *
   * @param x in pixels
   * @param y in pixels
   * @param depth to the edge, in pixels; 0 where the part lies between the cells
   */
  record Place(float x, float y, float depth) {}

  private Depths() {}

  /** A place for each mask, in their order; where masks overlap the later one counts. */
  static List<Place> of(int width, int height, List<RunLengths> masks) {
    int step = Math.max(1, (int) Math.ceil(Math.sqrt((double) width * height / MOST)));
    int columns = (width + step - 1) / step;
    int rows = (height + step - 1) / step;
    int[] owner = new int[columns * rows];
    Arrays.fill(owner, -1);
    for (int i = 0; i < masks.size(); i++) {
      int mask = i;
      masks
          .get(i)
          .strips(
              (x, top, bottom) -> {
                if (x % step == 0) {
                  for (int row = (top + step - 1) / step; row * step < bottom; row++) {
                    owner[row * columns + x / step] = mask;
                  }
                }
              });
    }
    int[] depth = depths(owner, columns, rows);
    int[] best = new int[masks.size()];
    Arrays.fill(best, -1);
    for (int at = 0; at < owner.length; at++) {
      int mask = owner[at];
      if (mask >= 0 && (best[mask] < 0 || depth[at] > depth[best[mask]])) {
        best[mask] = at;
      }
    }
    return Arrays.stream(best)
        .mapToObj(
            at ->
                at < 0
                    ? new Place(0, 0, 0)
                    : new Place(
                        (at % columns) * step, (at / columns) * step, (float) depth[at] * step))
        .toList();
  }

  /** Steps to a cell of another owner, or out of the picture: two passes, forth and back. */
  private static int[] depths(int[] owner, int columns, int rows) {
    int[] depth = new int[owner.length];
    for (int at = 0; at < owner.length; at++) {
      int up = at >= columns ? toNeighbour(owner, depth, at, at - columns) : 1;
      int left = at % columns > 0 ? toNeighbour(owner, depth, at, at - 1) : 1;
      depth[at] = Math.min(up, left);
    }
    for (int at = owner.length - 1; at >= 0; at--) {
      int down = at < columns * (rows - 1) ? toNeighbour(owner, depth, at, at + columns) : 1;
      int right = at % columns < columns - 1 ? toNeighbour(owner, depth, at, at + 1) : 1;
      depth[at] = Math.min(depth[at], Math.min(down, right));
    }
    return depth;
  }

  private static int toNeighbour(int[] owner, int[] depth, int at, int neighbour) {
    return owner[at] == owner[neighbour] ? depth[neighbour] + 1 : 1;
  }
}
