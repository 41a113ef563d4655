package dev.millrace.components.image;

import java.nio.ByteBuffer;

/**
 * Resizes interleaved BGR into planar BGR, ready for a model. Keeps tables and row buffers from
 * call to call: one instance per thread.
 */
public sealed interface Resizer permits PillowBilinear, AlignCornersBilinear {

  /**
   * Writes three planes, blue, green, red, of {@code height} rows of {@code width} uint8.
   *
   * @param out heap or direct; its position and limit do not matter and do not move
   * @param offset index in {@code out} of the blue plane's first byte
   * @param rowStride bytes from row to row, at least {@code width}
   * @param planeStride bytes from plane to plane, at least {@code height * rowStride}; what lies
   *     between the rows is left as it is
   */
  void resize(
      Frame source,
      int width,
      int height,
      ByteBuffer out,
      int offset,
      int rowStride,
      int planeStride);

  /** Writes planes that lie close together: 3 x {@code height} x {@code width} bytes. */
  default void resize(Frame source, int width, int height, ByteBuffer out, int offset) {
    resize(source, width, height, out, offset, width, Math.multiplyExact(width, height));
  }
}
