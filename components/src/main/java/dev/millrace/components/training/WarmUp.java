package dev.millrace.components.training;

/**
 * How a learning rate begins: Detectron2's {@code _get_warmup_factor_at_iter}.
 *
 * @param iterations until the rate is whole
 * @param factor share of the rate at the first step
 * @param linear whether it grows step by step; else it stays that share until the end
 */
public record WarmUp(int iterations, double factor, boolean linear) {

  /** No warm-up. */
  public static final WarmUp NONE = new WarmUp(0, 1, true);

  public WarmUp {
    if (iterations < 0 || !(factor >= 0 && factor <= 1)) {
      throw new IllegalArgumentException(
          "expected 0 iterations or more and a factor of 0 to 1, found "
              + iterations
              + " and "
              + factor);
    }
  }

  double at(int iteration) {
    if (iteration >= iterations) {
      return 1;
    }
    double done = (double) iteration / iterations;
    return linear ? factor * (1 - done) + done : factor;
  }
}
