package dev.millrace.components.image;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Bit for bit what Pillow's {@code Image.resize(size, BILINEAR)} gives for uint8, which is what
 * Detectron2's {@code ResizeTransform} calls: rows first, rounded to 8 bits, then columns.
 */
public final class PillowBilinear implements Resizer {
  private static final int HALF = 1 << (ResampleTable.PRECISION - 1);

  private @Nullable ResampleTable columns;
  private @Nullable ResampleTable rows;

  /** Source rows after the first pass, blue then green then red; source row r in slot r % size. */
  private int[][] ring = {};

  private int[] sums = {};
  private byte[] line = {};

  @Override
  public byte[] resize(Frame source, int width, int height) {
    int plane = Math.multiplyExact(width, height);
    byte[] out = new byte[Math.multiplyExact(3, plane)];
    ResampleTable across = columns = table(columns, source.width(), width);
    ResampleTable down = rows = table(rows, source.height(), height);
    int length = 3 * width;
    if (ring.length < down.taps() || ring[0].length != length) {
      ring = new int[down.taps()][length];
      sums = new int[length];
      line = new byte[length];
    }
    int ready = down.first()[0];
    for (int y = 0; y < height; y++) {
      int first = down.first()[y];
      int count = down.counts()[y];
      for (; ready < first + count; ready++) {
        across(source.bgr(), ready * source.width() * 3, across, ring[ready % ring.length]);
      }
      Arrays.fill(sums, HALF);
      for (int k = 0; k < count; k++) {
        add(ring[(first + k) % ring.length], down.weights()[y * down.taps() + k], sums);
      }
      for (int i = 0; i < length; i++) {
        line[i] = (byte) (sums[i] >> ResampleTable.PRECISION);
      }
      for (int c = 0; c < 3; c++) {
        System.arraycopy(line, c * width, out, c * plane + y * width, width);
      }
    }
    return out;
  }

  private static ResampleTable table(@Nullable ResampleTable last, int from, int to) {
    return last != null && last.sourceSize() == from && last.targetSize() == to
        ? last
        : ResampleTable.of(from, to);
  }

  private static void across(byte[] bgr, int row, ResampleTable table, int[] out) {
    int width = table.targetSize();
    int[] weights = table.weights();
    for (int x = 0; x < width; x++) {
      int at = row + 3 * table.first()[x];
      int blue = HALF;
      int green = HALF;
      int red = HALF;
      int k = x * table.taps();
      for (int end = k + table.counts()[x]; k < end; k++, at += 3) {
        int weight = weights[k];
        blue += weight * (bgr[at] & 0xff);
        green += weight * (bgr[at + 1] & 0xff);
        red += weight * (bgr[at + 2] & 0xff);
      }
      out[x] = blue >> ResampleTable.PRECISION;
      out[width + x] = green >> ResampleTable.PRECISION;
      out[2 * width + x] = red >> ResampleTable.PRECISION;
    }
  }

  private static void add(int[] samples, int weight, int[] sums) {
    for (int i = 0; i < sums.length; i++) {
      sums[i] += weight * samples[i];
    }
  }
}
