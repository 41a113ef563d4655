package dev.millrace.components.engine;

import ai.djl.nn.Parameter;
import dev.millrace.components.checkpoint.Tensor;
import dev.millrace.components.modeling.Initial;
import java.util.Arrays;
import java.util.SplittableRandom;

/** Values for parameters that nobody trained, the same for the same seed and name. */
final class RandomWeights {

  private RandomWeights() {}

  /** Weights as is usual where nothing is said. */
  static Tensor of(String name, Parameter parameter, long seed) {
    return of(name, parameter, Initial.HE, seed);
  }

  /**
   * Scales and variances are one, shifts and means zero.
   *
   * @param initial of weights and biases
   */
  static Tensor of(String name, Parameter parameter, Initial initial, long seed) {
    long[] shape = parameter.getShape().getShape();
    return switch (parameter.getType()) {
      case WEIGHT ->
          Tensor.of(
              initial.values(shape, new SplittableRandom(seed * 31 + name.hashCode())), shape);
      case GAMMA, RUNNING_VAR -> filled(1, parameter, shape);
      case BIAS -> filled((float) initial.bias(), parameter, shape);
      default -> filled(0, parameter, shape);
    };
  }

  private static Tensor filled(float value, Parameter parameter, long[] shape) {
    float[] values = new float[Math.toIntExact(parameter.getShape().size())];
    Arrays.fill(values, value);
    return Tensor.of(values, shape);
  }
}
