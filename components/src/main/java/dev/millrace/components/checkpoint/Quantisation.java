package dev.millrace.components.checkpoint;

/**
 * The unsigned 8-bit range that an int8 model gave to what a module puts out: {@code real = scale *
 * (integer - zeroPoint)}.
 */
public record Quantisation(double scale, long zeroPoint) {

  /** The least value that it can hold. */
  public double least() {
    return -zeroPoint * scale;
  }

  /** The greatest value that it can hold. */
  public double greatest() {
    return (255 - zeroPoint) * scale;
  }
}
