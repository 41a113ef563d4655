package dev.millrace.components.training;

/**
 * Detectron2's {@code WarmupCosineLR} (Loshchilov and Hutter, SGDR, 2017, without restarts): a
 * warm-up, then what is left of half a cosine wave from one rate to another. The wave is of all
 * steps {@code T}, the warm-up's too: {@code end + (base - end) * (1 + cos(pi * t / T)) / 2},
 * fvcore's {@code CosineParamScheduler}.
 *
 * @param base the rate that the wave begins with
 * @param end the rate after the last step
 * @param iterations all steps
 */
public record WarmupCosine(double base, double end, int iterations, WarmUp warmUp)
    implements LearningRate {

  @Override
  public double at(int iteration) {
    return warmUp.at(iteration, this::wave);
  }

  private double wave(int iteration) {
    return end + (base - end) * 0.5 * (1 + Math.cos(Math.PI * iteration / iterations));
  }
}
