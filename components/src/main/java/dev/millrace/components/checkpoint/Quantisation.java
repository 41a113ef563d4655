package dev.millrace.components.checkpoint;

/**
 * The unsigned 8-bit range that an int8 model gave to what a module puts out: {@code real = scale *
 * (integer - zeroPoint)}.
 */
public record Quantisation(double scale, long zeroPoint) {

  /** The number that 0 stands for. */
  float least() {
    return (float) (scale * -zeroPoint);
  }

  /** The number that 255 stands for. */
  float largest() {
    return (float) (scale * (255 - zeroPoint));
  }
}
