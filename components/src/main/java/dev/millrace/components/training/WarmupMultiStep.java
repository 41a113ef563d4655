package dev.millrace.components.training;

import java.util.List;

/**
 * Detectron2's {@code WarmupMultiStepLR}: a warm-up, and a rate that falls by a factor at each of
 * some steps, fvcore's {@code MultiStepParamScheduler}. A step within the warm-up does not let the
 * rate fall there; it lowers what the warm-up leads to.
 *
 * @param base the rate before the first of the steps
 * @param steps ascending; from each on the rate is {@code gamma} times what it was
 */
public record WarmupMultiStep(double base, List<Integer> steps, double gamma, WarmUp warmUp)
    implements LearningRate {

  public WarmupMultiStep {
    steps = List.copyOf(steps);
    if (!steps.equals(steps.stream().sorted().toList())) {
      throw new IllegalArgumentException("expected ascending steps, found " + steps);
    }
  }

  @Override
  public double at(int iteration) {
    return warmUp.at(iteration, this::stair);
  }

  private double stair(int iteration) {
    long passed = steps.stream().filter(step -> iteration >= step).count();
    return base * Math.pow(gamma, passed);
  }
}
