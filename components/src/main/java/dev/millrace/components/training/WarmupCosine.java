package dev.millrace.components.training;

/**
 * Detectron2's {@code WarmupCosineLR} (Loshchilov and Hutter, SGDR, 2017, without restarts): half a
 * cosine wave from one rate to another.
 *
 * @param base the rate after the warm-up
 * @param end the rate after the last step
 * @param iterations all steps
 */
public record WarmupCosine(double base, double end, int iterations, WarmUp warmUp)
    implements LearningRate {

  @Override
  public double at(int iteration) {
    double wave = 0.5 * (1 + Math.cos(Math.PI * iteration / iterations));
    return warmUp.at(iteration) * (end + (base - end) * wave);
  }
}
