package dev.millrace.components.supervision;

import ai.djl.ndarray.NDArray;

/**
 * Arithmetic with a number where a gradient may flow. DJL's own {@code mul(Number)}, {@code
 * div(Number)}, {@code maximum(Number)}, {@code minimum(Number)} and {@code pow(Number)} close the
 * number's array at once, and with it goes the memory that PyTorch's backward pass still reads:
 * gradients are wrong, or no numbers, whenever the garbage collector runs between the two passes.
 * These keep it as long as the array's manager. Use them in every loss of your own.
 */
public final class Scalars {

  private Scalars() {}

  public static NDArray times(NDArray x, double factor) {
    return x.mul(number(x, factor));
  }

  /** The larger one of each element and the limit. */
  public static NDArray atLeast(NDArray x, double limit) {
    return x.maximum(number(x, limit));
  }

  /** The smaller one of each element and the limit. */
  public static NDArray atMost(NDArray x, double limit) {
    return x.minimum(number(x, limit));
  }

  /** Each element to a power. */
  public static NDArray power(NDArray x, double exponent) {
    return x.pow(number(x, exponent));
  }

  private static NDArray number(NDArray x, double value) {
    return x.getManager().create((float) value);
  }
}
