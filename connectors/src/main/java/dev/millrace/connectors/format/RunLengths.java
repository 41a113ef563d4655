package dev.millrace.connectors.format;

import java.util.Arrays;
import java.util.List;

/**
 * The pixels of a mask as runs: columns from left to right, each from top to bottom; pixels outside
 * and inside in turn, outside first. That is COCO's encoding. Memory goes with the number of runs,
 * not of pixels. Immutable.
 */
public final class RunLengths {

  /** Rows or columns that a mask may have: as many as a frame. */
  public static final int MOST_SIDE = 16384;

  /** Told of pixels that lie one below the other. */
  @FunctionalInterface
  public interface Strip {
    /**
     * @param x their column
     * @param top first row
     * @param bottom last row and one
     */
    void pixels(int x, int top, int bottom);
  }

  private final int height;
  private final int width;
  private final int[] counts;

  private RunLengths(int height, int width, int[] counts) {
    this.height = height;
    this.width = width;
    this.counts = counts;
  }

  /**
   * @param counts lengths of the runs; together height x width
   * @throws IllegalArgumentException if they are not
   */
  public static RunLengths of(int height, int width, int... counts) {
    long left = pixels(height, width);
    for (int count : counts) {
      left -= count;
      if (count < 0 || left < 0) {
        throw notAll(height, width);
      }
    }
    if (left != 0) {
      throw notAll(height, width);
    }
    return new RunLengths(height, width, counts.clone());
  }

  /**
   * Reads what pycocotools writes: from the fourth on, a run is the difference to the one before
   * the last; of each number five bits a character, low ones first, bit 5 saying that more follow,
   * all plus 48.
   *
   * @throws IllegalArgumentException if that is no mask of this size
   */
  public static RunLengths decode(int height, int width, String text) {
    long left = pixels(height, width);
    int[] counts = new int[Math.min(text.length(), 1 << 10)];
    int runs = 0;
    int at = 0;
    while (at < text.length()) {
      long value = 0;
      int shift = 0;
      int bits;
      do {
        if (at == text.length() || shift > 30) {
          throw new IllegalArgumentException("a run of a mask does not end");
        }
        bits = text.charAt(at++) - 48;
        if (bits < 0 || bits > 63) {
          throw new IllegalArgumentException("a mask has a character that is not of '0' to 'o'");
        }
        value |= (bits & 31L) << shift;
        shift += 5;
      } while ((bits & 32) != 0);
      if ((bits & 16) != 0) {
        value |= -1L << shift;
      }
      if (runs > 2) {
        value += counts[runs - 2];
      }
      if (value < 0 || value > left) {
        throw notAll(height, width);
      }
      if (runs == counts.length) {
        counts = Arrays.copyOf(counts, 2 * runs);
      }
      counts[runs++] = (int) value;
      left -= value;
    }
    if (left != 0) {
      throw notAll(height, width);
    }
    return new RunLengths(height, width, Arrays.copyOf(counts, runs));
  }

  /** In rows. */
  public int height() {
    return height;
  }

  /** In columns. */
  public int width() {
    return width;
  }

  /** The runs' lengths; a copy. */
  public int[] counts() {
    return counts.clone();
  }

  /** Pixels inside. */
  public long area() {
    long area = 0;
    for (int i = 1; i < counts.length; i += 2) {
      area += counts[i];
    }
    return area;
  }

  /** Goes over the pixels inside, from left to right. */
  public void strips(Strip strip) {
    int from = 0;
    for (int i = 0; i < counts.length; i++) {
      int to = from + counts[i];
      for (int at = from; i % 2 == 1 && at < to; ) {
        int x = at / height;
        int end = Math.min(to, (x + 1) * height);
        strip.pixels(x, at - x * height, end - x * height);
        at = end;
      }
      from = to;
    }
  }

  /**
   * Pixels that are inside of both.
   *
   * @throws IllegalArgumentException if the other has another size
   */
  public long common(RunLengths other) {
    if (height != other.height || width != other.width) {
      throw new IllegalArgumentException(
          "masks of " + height + " x " + width + " and " + other.height + " x " + other.width);
    }
    long common = 0;
    long end = 0;
    long otherEnd = 0;
    long at = 0;
    int i = -1;
    int j = -1;
    long all = (long) height * width;
    while (at < all) {
      while (end <= at) {
        end += counts[++i];
      }
      while (otherEnd <= at) {
        otherEnd += other.counts[++j];
      }
      long to = Math.min(end, otherEnd);
      common += (i & j & 1) == 1 ? to - at : 0;
      at = to;
    }
    return common;
  }

  /**
   * What is inside of any.
   *
   * @param masks of one size, at least one
   */
  public static RunLengths union(List<RunLengths> masks) {
    RunLengths all = masks.get(0);
    for (RunLengths mask : masks.subList(1, masks.size())) {
      all = all.plus(mask);
    }
    return all;
  }

  private RunLengths plus(RunLengths other) {
    if (height != other.height || width != other.width) {
      throw new IllegalArgumentException(
          "masks of " + height + " x " + width + " and " + other.height + " x " + other.width);
    }
    int[] merged = new int[counts.length + other.counts.length + 1];
    int runs = 0;
    int end = 0;
    int otherEnd = 0;
    int at = 0;
    int i = -1;
    int j = -1;
    while (at < height * width) {
      while (end <= at) {
        end += counts[++i];
      }
      while (otherEnd <= at) {
        otherEnd += other.counts[++j];
      }
      int to = Math.min(end, otherEnd);
      if (((i | j) & 1) != (runs & 1)) {
        runs++;
      }
      merged[runs] += to - at;
      at = to;
    }
    return new RunLengths(height, width, Arrays.copyOf(merged, runs + 1));
  }

  private static long pixels(int height, int width) {
    if (height < 1 || width < 1 || height > MOST_SIDE || width > MOST_SIDE) {
      throw new IllegalArgumentException(
          "a mask has 1 to " + MOST_SIDE + " rows and columns, found " + height + " x " + width);
    }
    return (long) height * width;
  }

  private static IllegalArgumentException notAll(int height, int width) {
    return new IllegalArgumentException(
        "the runs of a mask of " + height + " x " + width + " do not make up its pixels");
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof RunLengths mask
        && height == mask.height
        && width == mask.width
        && Arrays.equals(counts, mask.counts);
  }

  @Override
  public int hashCode() {
    return 31 * (31 * height + width) + Arrays.hashCode(counts);
  }

  @Override
  public String toString() {
    return "mask of " + height + " x " + width + ", " + area() + " inside";
  }
}
