package dev.millrace.components.image;

/**
 * Rows of one chroma plane at the picture's full width, even and odd columns apart: a triangle
 * filter where a plane is halved (weights 3/4 and 1/4 in each direction, rounded alternately), as
 * libjpeg's "fancy upsampling" has it; nearest samples for rarer ratios. Reused from picture to
 * picture; for one thread.
 *
 * <p>Ints, and one array written per loop: loops that JDK 17 turns into vector instructions.
 */
final class ChromaRows {
  private byte[] plane = {};
  private int stride;
  private int columns;
  private int rows;
  private int shiftX;
  private int shiftY;

  /** Of the plane, as ints: the last two rows that were needed, and their numbers. */
  private int[][] samples = new int[2][0];

  private final int[] sampleRow = new int[2];
  private int[] sums = {};
  private int[] beside = {};
  private int pairs;
  private int[] even = {};
  private int[] odd = {};

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
    this.pairs = ceilShift(width, 1);
    if (sums.length < columns) {
      samples = new int[2][columns];
      sums = new int[columns];
      beside = new int[columns];
    }
    if (even.length < pairs) {
      even = new int[pairs];
      odd = new int[pairs];
    }
    sampleRow[0] = -1;
    sampleRow[1] = -1;
  }

  static int ceilShift(int n, int shift) {
    return (n + (1 << shift) - 1) >> shift;
  }

  /** Samples of columns 0, 2, 4, ..., 0 to 255; valid until the next {@link #row}. */
  int[] even() {
    return even;
  }

  /** Samples of columns 1, 3, 5, ... */
  int[] odd() {
    return odd;
  }

  /** Makes picture row {@code y}. */
  void row(int y) {
    int nearRow = y >> shiftY;
    int[] near = samples(nearRow);
    boolean smoothX = shiftX == 1 && columns > 2;
    if (shiftY != 1 || (shiftX == 1 && !smoothX)) {
      if (smoothX) {
        widen(near, 1, 2, 2);
      } else {
        nearest(near);
      }
      return;
    }
    boolean lower = (y & 1) == 1;
    int farRow = Math.max(0, Math.min(rows - 1, nearRow + (lower ? 1 : -1)));
    weigh(near, samples(farRow), columns, sums);
    if (smoothX) {
      widen(sums, 8, 7, 4);
    } else {
      int bias = lower ? 2 : 1;
      for (int x = 0; x < columns; x++) {
        sums[x] = (sums[x] + bias) >> 2;
      }
      nearest(sums);
    }
  }

  private int[] samples(int number) {
    int slot = number & 1;
    int[] to = samples[slot];
    if (sampleRow[slot] != number) {
      sampleRow[slot] = number;
      int at = number * stride;
      for (int x = 0; x < columns; x++) {
        to[x] = plane[at + x] & 0xff;
      }
    }
    return to;
  }

  private void nearest(int[] from) {
    int last = columns - 1;
    for (int i = 0; i < pairs; i++) {
      even[i] = from[2 * i >> shiftX];
      odd[i] = from[Math.min(last, (2 * i + 1) >> shiftX)];
    }
  }

  private static void weigh(int[] near, int[] far, int columns, int[] sums) {
    for (int x = 0; x < columns; x++) {
      sums[x] = 3 * near[x] + far[x];
    }
  }

  /** Two columns out of each sum: nearer ones weigh 3, farther ones 1. */
  private void widen(int[] from, int biasEven, int biasOdd, int shift) {
    int last = columns - 1;
    // A neighbour from an array of its own: two neighbours of one array are one load to C2 once
    // the loop is unrolled, and then it finds no vectors.
    System.arraycopy(from, 0, beside, 1, last);
    blend(from, beside, biasEven, shift, columns, even);
    System.arraycopy(from, 1, beside, 0, last);
    blend(from, beside, biasOdd, shift, last, odd);
    even[0] = (4 * from[0] + biasEven) >> shift;
    odd[last] = (4 * from[last] + biasOdd) >> shift;
  }

  private static void blend(int[] near, int[] far, int bias, int shift, int count, int[] to) {
    for (int x = 0; x < count; x++) {
      to[x] = (3 * near[x] + far[x] + bias) >> shift;
    }
  }
}
