package dev.millrace.components.image;

import java.util.Arrays;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * PNG's rows to BGR (W3C PNG, third edition, sections 7 to 9): inflate, undo each row's filter,
 * pick the upper 8 bits of every sample, drop alpha. In Java, because FFmpeg's decoder takes a
 * picture whose rows end early for whole. For one thread.
 */
final class PngDecoder implements AutoCloseable {
  /** Adam7: first column, first row, column step, row step of each pass. */
  private static final int[][] PASSES = {
    {0, 0, 8, 8}, {4, 0, 8, 8}, {0, 4, 4, 8}, {2, 0, 4, 4}, {0, 2, 2, 4}, {1, 0, 2, 2}, {0, 1, 1, 2}
  };

  private static final int[][] ONE_PASS = {{0, 0, 1, 1}};

  private final NativeCount natives;
  private final Inflater inflater = new Inflater();
  private boolean closed;

  /** Rows with their filter's number in front. */
  private byte[] row = {};

  private byte[] previous = {};
  private int nextRange;

  PngDecoder(NativeCount natives) {
    this.natives = natives;
    natives.opened();
  }

  /**
   * @throws ImageRejectedException truncated where rows are missing, undecodable where they are
   *     damaged
   */
  Frame decode(PngScan scan, ImageHeader header, ByteRanges data) {
    inflater.reset();
    nextRange = 0;
    int width = header.width();
    int height = header.height();
    byte[] bgr = new byte[3 * width * height];
    PngPixels pixels = new PngPixels(header, scan.hasPalette() ? scan.palette() : null);
    int bits = header.components() * header.bitDepth();
    int pixelBytes = Math.max(1, bits / 8);
    int longest = Math.toIntExact(1 + ((long) width * bits + 7) / 8);
    if (row.length < longest) {
      row = new byte[longest];
      previous = new byte[longest];
    }
    for (int[] pass : scan.interlaced() ? PASSES : ONE_PASS) {
      int columns = (width - pass[0] + pass[2] - 1) / pass[2];
      if (columns == 0) {
        continue;
      }
      int length = (int) (1 + ((long) columns * bits + 7) / 8);
      Arrays.fill(previous, 0, length, (byte) 0);
      for (int y = pass[1]; y < height; y += pass[3]) {
        inflate(data, length);
        unfilter(length, pixelBytes);
        pixels.put(row, columns, bgr, 3 * (y * width + pass[0]), 3 * pass[2]);
        byte[] swap = previous;
        previous = row;
        row = swap;
      }
    }
    checkEnd(data);
    return new Frame(width, height, bgr);
  }

  private void inflate(ByteRanges data, int length) {
    int at = 0;
    while (at < length) {
      int n = inflateSome(data, at, length - at);
      if (n == 0) {
        throw ImageRejectedException.truncated("a PNG whose picture data ends before its last row");
      }
      at += n;
    }
  }

  /** Lets the inflater compare its checksum, which it does at the end only. */
  private void checkEnd(ByteRanges data) {
    if (!inflater.finished()) {
      inflateSome(data, 0, 1);
    }
  }

  private int inflateSome(ByteRanges data, int at, int most) {
    try {
      while (true) {
        int n = inflater.inflate(row, at, most);
        if (n > 0 || inflater.finished()) {
          return n;
        }
        if (inflater.needsDictionary() || !inflater.needsInput()) {
          throw ImageRejectedException.undecodable("a PNG whose picture data is no zlib stream");
        }
        if (nextRange == data.count()) {
          return 0;
        }
        data.feed(nextRange++, inflater);
      }
    } catch (DataFormatException e) {
      throw ImageRejectedException.undecodable(
          "a PNG whose picture data is damaged: " + e.getMessage());
    }
  }

  private void unfilter(int length, int step) {
    byte[] now = row;
    byte[] above = previous;
    switch (now[0]) {
      case 0 -> {}
      case 1 -> {
        for (int i = 1 + step; i < length; i++) {
          now[i] += now[i - step];
        }
      }
      case 2 -> {
        for (int i = 1; i < length; i++) {
          now[i] += above[i];
        }
      }
      case 3 -> {
        for (int i = 1; i < length; i++) {
          int left = i > step ? now[i - step] & 0xff : 0;
          now[i] += (byte) ((left + (above[i] & 0xff)) >> 1);
        }
      }
      case 4 -> {
        for (int i = 1; i < length; i++) {
          boolean inside = i > step;
          int left = inside ? now[i - step] & 0xff : 0;
          int corner = inside ? above[i - step] & 0xff : 0;
          now[i] += (byte) paeth(left, above[i] & 0xff, corner);
        }
      }
      default ->
          throw ImageRejectedException.undecodable("a PNG with a row of filter " + (now[0] & 0xff));
    }
  }

  private static int paeth(int left, int above, int corner) {
    int toLeft = Math.abs(above - corner);
    int toAbove = Math.abs(left - corner);
    int toCorner = Math.abs(left + above - 2 * corner);
    if (toLeft <= toAbove && toLeft <= toCorner) {
      return left;
    }
    return toAbove <= toCorner ? above : corner;
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      inflater.end();
      natives.released();
    }
  }
}
