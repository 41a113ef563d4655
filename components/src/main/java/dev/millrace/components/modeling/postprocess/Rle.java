package dev.millrace.components.modeling.postprocess;

import dev.millrace.components.modeling.Mask;
import java.util.Arrays;

/**
 * Pixels of a picture in runs, column by column: outside, inside, outside, ... in turn. COCO's
 * run-length encoding, whose compressed text is that of {@code maskApi.c}. Immutable.
 */
public final class Rle {

  private static final int BITS = 5;
  private static final int FIRST_CHARACTER = 48;

  private final int height;
  private final int width;
  private final int[] runs;

  private Rle(int height, int width, int[] runs) {
    this.height = height;
    this.width = width;
    this.runs = runs;
  }

  /** Collects runs. */
  static final class Builder {
    private final int height;
    private final int width;
    private int[] runs = new int[64];
    private int last;
    private boolean inside;

    Builder(int height, int width) {
      this.height = height;
      this.width = width;
    }

    /** Goes on for so many pixels, 0 or more. */
    void add(boolean isInside, int pixels) {
      if (pixels == 0) {
        return;
      }
      if (isInside != inside) {
        inside = isInside;
        last++;
        if (last == runs.length) {
          runs = Arrays.copyOf(runs, 2 * last);
        }
      }
      runs[last] += pixels;
    }

    Rle build() {
      return new Rle(height, width, Arrays.copyOf(runs, last + 1));
    }
  }

  /**
   * @param inside row by row, whether each pixel is inside
   */
  public static Rle of(int height, int width, boolean[] inside) {
    Builder builder = new Builder(height, width);
    for (int x = 0; x < width; x++) {
      for (int y = 0; y < height; y++) {
        builder.add(inside[y * width + x], 1);
      }
    }
    return builder.build();
  }

  /**
   * Reads COCO's compressed text.
   *
   * @throws IllegalArgumentException if it is none of a picture of this size
   */
  public static Rle of(Mask mask) {
    String text = mask.counts();
    int[] runs = new int[text.length()];
    int count = 0;
    long pixels = 0;
    for (int at = 0; at < text.length(); count++) {
      long value = 0;
      int shift = 0;
      int c;
      do {
        c = at < text.length() ? text.charAt(at++) - FIRST_CHARACTER : -1;
        if (c < 0 || c > 63 || shift > 30) {
          throw broken(mask, "found none at character " + at);
        }
        value |= (long) (c & 0x1f) << shift;
        shift += BITS;
      } while ((c & 0x20) != 0);
      if ((c & 0x10) != 0) {
        value |= -1L << shift;
      }
      value += count > 2 ? runs[count - 2] : 0;
      pixels += value;
      if (value < 0 || pixels > (long) mask.height() * mask.width()) {
        throw broken(mask, "found a run of " + value + " that ends outside");
      }
      runs[count] = (int) value;
    }
    if (pixels != (long) mask.height() * mask.width()) {
      throw broken(mask, "found runs of " + pixels + " pixels in all");
    }
    return new Rle(mask.height(), mask.width(), Arrays.copyOf(runs, count));
  }

  private static IllegalArgumentException broken(Mask mask, String found) {
    return new IllegalArgumentException(
        "expected run lengths of "
            + mask.width()
            + " x "
            + mask.height()
            + " pixels in COCO's compressed text, "
            + found);
  }

  /** Rows of the picture. */
  public int height() {
    return height;
  }

  /** Columns of the picture. */
  public int width() {
    return width;
  }

  /** In COCO's compressed text. */
  public Mask toMask() {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < runs.length; i++) {
      // Neighbours of a column are alike: from the fourth on, the difference to the last but one.
      int value = runs[i] - (i > 2 ? runs[i - 2] : 0);
      boolean more;
      do {
        int c = value & 0x1f;
        value >>= BITS;
        more = (c & 0x10) != 0 ? value != -1 : value != 0;
        text.append((char) ((more ? c | 0x20 : c) + FIRST_CHARACTER));
      } while (more);
    }
    return new Mask(height, width, text.toString());
  }

  /** Row by row, whether each pixel is inside. */
  public boolean[] pixels() {
    boolean[] inside = new boolean[height * width];
    int at = 0;
    for (int i = 0; i < runs.length; i++) {
      for (int k = 0; k < runs[i]; k++, at++) {
        inside[at % height * width + at / height] = i % 2 == 1;
      }
    }
    return inside;
  }

  /** Lengths of the runs, column by column: outside, inside, ... in turn. */
  int[] runs() {
    return runs.clone();
  }

  /** Pixels inside. */
  public long area() {
    long area = 0;
    for (int i = 1; i < runs.length; i += 2) {
      area += runs[i];
    }
    return area;
  }

  /**
   * Pixels in both.
   *
   * @throws IllegalArgumentException if the other is of a picture of another size
   */
  public long intersection(Rle other) {
    if (height != other.height || width != other.width) {
      throw new IllegalArgumentException(
          "expected a mask of "
              + width
              + " x "
              + height
              + " pixels, found "
              + other.width
              + " x "
              + other.height);
    }
    long both = 0;
    int i = 0;
    int j = 0;
    int end = 0; // of the run i
    int otherEnd = 0; // of the run j
    int at = 0;
    while (at < height * width) {
      while (at == end) {
        end += runs[i++];
      }
      while (at == otherEnd) {
        otherEnd += other.runs[j++];
      }
      int next = Math.min(end, otherEnd);
      // i and j are one further: even numbers are inside
      both += i % 2 == 0 && j % 2 == 0 ? next - at : 0;
      at = next;
    }
    return both;
  }

  /** Intersection over union; 0 where both are empty. */
  public double iou(Rle other) {
    long both = intersection(other);
    long either = area() + other.area() - both;
    return either == 0 ? 0 : (double) both / either;
  }
}
