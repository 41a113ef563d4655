package dev.millrace.components.image;

/**
 * Resizes interleaved BGR into planar BGR, ready for a model. Keeps tables and row buffers from
 * call to call: one instance per thread.
 */
public sealed interface Resizer permits PillowBilinear, AlignCornersBilinear, HalfPixelBilinear {

  /**
   * Makes three planes, blue, green, red, close together.
   *
   * @return uint8 (3, {@code height}, {@code width}), the caller's
   */
  byte[] resize(Frame source, int width, int height);
}
