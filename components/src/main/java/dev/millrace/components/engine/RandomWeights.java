package dev.millrace.components.engine;

import ai.djl.nn.Parameter;
import dev.millrace.components.checkpoint.Tensor;
import java.util.Arrays;
import java.util.Random;

/** Values for parameters that nobody trained, the same for the same seed and name. */
final class RandomWeights {

  private RandomWeights() {}

  /**
   * Normal with variance 2 / fan-in (He et al., 2015) for weights, one for scales and variances,
   * else zero.
   */
  static Tensor of(String name, Parameter parameter, long seed) {
    long[] shape = parameter.getShape().getShape();
    float[] values = new float[Math.toIntExact(parameter.getShape().size())];
    switch (parameter.getType()) {
      case WEIGHT -> {
        double fanIn = Math.max(1, values.length / Math.max(1, shape[0]));
        double deviation = Math.sqrt(2 / fanIn);
        Random random = new Random(seed * 31 + name.hashCode());
        for (int i = 0; i < values.length; i++) {
          values[i] = (float) (random.nextGaussian() * deviation);
        }
      }
      case GAMMA, RUNNING_VAR -> Arrays.fill(values, 1f);
      default -> {}
    }
    return Tensor.of(values, shape);
  }
}
