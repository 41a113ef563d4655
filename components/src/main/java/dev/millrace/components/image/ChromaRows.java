package dev.millrace.components.image;

/**
 * Rows of one chroma plane at the picture's full width: a triangle filter where a plane is halved
 * (weights 3/4 and 1/4 in each direction, rounded alternately), as libjpeg's "fancy upsampling" has
 * it; nearest samples for rarer ratios. Reused from picture to picture; for one thread.
 */
final class ChromaRows {
  private byte[] plane = {};
  private int stride;
  private int columns;
  private int rows;
  private int shiftX;
  private int shiftY;
  private int[] sums = {};
  private byte[] row = {};

  /**
   * @param plane rows of {@code stride} bytes
   * @param shiftX log2 of picture columns a sample
   * @param shiftY log2 of picture rows a sample
   */
  void begin(byte[] plane, int stride, int width, int height, int shiftX, int shiftY) {
    this.plane = plane;
    this.stride = stride;
    this.columns = ceilShift(width, shiftX);
    this.rows = ceilShift(height, shiftY);
    this.shiftX = shiftX;
    this.shiftY = shiftY;
    if (row.length < columns << shiftX) {
      row = new byte[columns << shiftX];
      sums = new int[columns];
    }
    if (sums.length < columns) {
      sums = new int[columns];
    }
  }

  static int ceilShift(int n, int shift) {
    return (n + (1 << shift) - 1) >> shift;
  }

  /** Samples of picture row {@code y}; valid until the next call. */
  byte[] row(int y) {
    int near = (y >> shiftY) * stride;
    if (shiftX == 0 && shiftY == 0) {
      System.arraycopy(plane, near, row, 0, columns);
    } else if (shiftX > 1 || shiftY > 1 || (shiftX == 1 && columns <= 2)) {
      nearest(near);
    } else if (shiftY == 0) {
      for (int x = 0; x < columns; x++) {
        sums[x] = plane[near + x] & 0xff;
      }
      widen(1, 2, 2);
    } else {
      boolean lower = (y & 1) == 1;
      int other = Math.max(0, Math.min(rows - 1, (y >> 1) + (lower ? 1 : -1))) * stride;
      for (int x = 0; x < columns; x++) {
        sums[x] = 3 * (plane[near + x] & 0xff) + (plane[other + x] & 0xff);
      }
      if (shiftX == 0) {
        int bias = lower ? 2 : 1;
        for (int x = 0; x < columns; x++) {
          row[x] = (byte) ((sums[x] + bias) >> 2);
        }
      } else {
        widen(8, 7, 4);
      }
    }
    return row;
  }

  private void nearest(int at) {
    for (int x = 0; x < columns << shiftX; x++) {
      row[x] = plane[at + (x >> shiftX)];
    }
  }

  /** Two columns out of each sum: nearer ones weigh 3, farther ones 1. */
  private void widen(int biasLeft, int biasRight, int shift) {
    int last = columns - 1;
    row[0] = (byte) ((4 * sums[0] + biasLeft) >> shift);
    for (int x = 0; x < last; x++) {
      int here = sums[x];
      int next = sums[x + 1];
      row[2 * x + 1] = (byte) ((3 * here + next + biasRight) >> shift);
      row[2 * x + 2] = (byte) ((here + 3 * next + biasLeft) >> shift);
    }
    row[2 * last + 1] = (byte) ((4 * sums[last] + biasRight) >> shift);
  }
}
