package dev.millrace.components.training;

import java.util.List;

/**
 * Detectron2's {@code WarmupMultiStepLR}: the rate falls by a factor at each of some steps.
 *
 * @param base the rate after the warm-up
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
    long passed = steps.stream().filter(step -> iteration >= step).count();
    return base * warmUp.at(iteration) * Math.pow(gamma, passed);
  }
}
