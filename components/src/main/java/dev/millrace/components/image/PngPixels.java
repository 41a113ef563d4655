package dev.millrace.components.image;

import org.jspecify.annotations.Nullable;

/** Unfiltered rows of one PNG as BGR pixels. */
final class PngPixels {
  private final int components;
  private final int bitDepth;
  private final byte @Nullable [] palette;

  /**
   * @param palette red, green, blue of 256 colours, for indexed pictures
   */
  PngPixels(ImageHeader header, byte @Nullable [] palette) {
    this.components = header.components();
    this.bitDepth = header.bitDepth();
    this.palette = palette;
  }

  /**
   * @param row samples from index 1
   * @param step bytes of {@code bgr} from one pixel to the next
   */
  void put(byte[] row, int columns, byte[] bgr, int at, int step) {
    if (palette != null) {
      indexed(palette, row, columns, bgr, at, step);
    } else if (bitDepth < 8) {
      smallGrey(row, columns, bgr, at, step);
    } else {
      int sample = bitDepth / 8;
      int middle = components >= 3 ? sample : 0;
      int in = 1;
      for (int x = 0; x < columns; x++) {
        bgr[at] = row[in + 2 * middle];
        bgr[at + 1] = row[in + middle];
        bgr[at + 2] = row[in];
        in += components * sample;
        at += step;
      }
    }
  }

  private void indexed(byte[] colours, byte[] row, int columns, byte[] bgr, int at, int step) {
    for (int x = 0; x < columns; x++) {
      int colour = 3 * bits(row, x);
      bgr[at] = colours[colour + 2];
      bgr[at + 1] = colours[colour + 1];
      bgr[at + 2] = colours[colour];
      at += step;
    }
  }

  private void smallGrey(byte[] row, int columns, byte[] bgr, int at, int step) {
    int white = (1 << bitDepth) - 1;
    for (int x = 0; x < columns; x++) {
      byte grey = (byte) (255 * bits(row, x) / white);
      bgr[at] = grey;
      bgr[at + 1] = grey;
      bgr[at + 2] = grey;
      at += step;
    }
  }

  private int bits(byte[] row, int x) {
    int bit = x * bitDepth;
    return (row[1 + (bit >> 3)] & 0xff) >> (8 - bitDepth - (bit & 7)) & ((1 << bitDepth) - 1);
  }
}
