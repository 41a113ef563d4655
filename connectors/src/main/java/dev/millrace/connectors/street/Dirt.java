package dev.millrace.connectors.street;

import java.util.Arrays;

/** Which part of each row of pixels was painted on. */
final class Dirt {
  final int[] from;
  final int[] to;

  Dirt(int rows) {
    from = new int[rows];
    to = new int[rows];
    clear();
  }

  /** A row of samples. */
  void samples(int row, int first, int end) {
    pixels(row / Canvas.SCALE, first / Canvas.SCALE, (end + Canvas.SCALE - 1) / Canvas.SCALE);
  }

  void pixels(int row, int first, int end) {
    from[row] = Math.min(from[row], first);
    to[row] = Math.max(to[row], end);
  }

  void clear() {
    Arrays.fill(from, Integer.MAX_VALUE);
    Arrays.fill(to, 0);
  }
}
