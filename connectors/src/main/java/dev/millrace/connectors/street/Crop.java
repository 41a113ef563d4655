package dev.millrace.connectors.street;

import org.jspecify.annotations.Nullable;

/**
 * Which part of a canvas is the picture.
 *
 * @param tracks gets each pixel's track, 0 where nobody is; null where nobody asks
 */
@SuppressWarnings("ArrayRecordComponent") // filled, compared by nobody
record Crop(int column, int row, int width, int height, int @Nullable [] tracks) {

  boolean has(int x, int y) {
    return x >= column && y >= row && x < column + width && y < row + height;
  }

  void mark(int x, int y, int track) {
    if (tracks != null) {
      tracks[(y - row) * width + x - column] = track;
    }
  }
}
