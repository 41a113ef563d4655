package dev.millrace.connectors.street;

import java.util.Arrays;

/** Which parts of each row of pixels were painted on: a bit for each block of pixels. */
final class Dirt {
  private final int shift;
  private final int width;
  private final long[] blocks;

  Dirt(int width, int rows) {
    int bits = 0;
    while (width > 64 << bits) {
      bits++;
    }
    this.shift = bits;
    this.width = width;
    this.blocks = new long[rows];
  }

  /** A piece of a row of samples that is not empty. */
  void samples(int row, int first, int end) {
    int from = first / Canvas.SCALE >> shift;
    int to = (end - 1) / Canvas.SCALE >> shift;
    blocks[row / Canvas.SCALE] |= -1L << from & -1L >>> 63 - to;
  }

  /** The first column at or after one that is in a painted block; the row's width if none is. */
  int next(int row, int column) {
    int block = column >> shift;
    long left = block > 63 ? 0 : blocks[row] & -1L << block;
    return left == 0
        ? width
        : Math.min(width, Math.max(column, Long.numberOfTrailingZeros(left) << shift));
  }

  /** The first column after one where the painted blocks end. */
  int end(int row, int column) {
    int block = column >> shift;
    long free = ~blocks[row] & -1L << block;
    return free == 0 ? width : Math.min(width, Long.numberOfTrailingZeros(free) << shift);
  }

  void clear() {
    Arrays.fill(blocks, 0);
  }
}
