package dev.millrace.components.training;

/**
 * How a learning rate begins: Detectron2's {@code WarmupParamScheduler} with its {@code
 * RESCALE_INTERVAL} off. With {@code s} for the schedule that the warm-up is put before, the rate
 * of step {@code t} of the first {@code w} is
 *
 * <pre>
 *   linear     (1 - t / w) * factor * s(0) + t / w * s(w)
 *   constant   factor * s(0)
 * </pre>
 *
 * and from step {@code w} on {@code s(t)}: the schedule runs from step 0 in any case, but only its
 * two ends say how the warm-up grows.
 *
 * @param iterations {@code w}, at most as many as all steps
 * @param factor share of the schedule's first rate that the first step has
 * @param linear whether the rate grows step by step; else it stays that share until the end
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

  /**
   * @param schedule that follows
   * @param iteration of the step, from 0
   */
  double at(int iteration, LearningRate schedule) {
    if (iteration >= iterations) {
      return schedule.at(iteration);
    }
    double start = factor * schedule.at(0);
    double done = (double) iteration / iterations;
    return linear ? start * (1 - done) + schedule.at(iterations) * done : start;
  }
}
