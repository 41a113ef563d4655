package dev.millrace.components.modeling;

import java.util.SplittableRandom;

/**
 * How a weight begins that nobody trained: fvcore's {@code weight_init} and Detectron2's own
 * deviations.
 *
 * @param kind of the distribution, whose mean is 0
 * @param deviation of {@link Kind#NORMAL}
 * @param bias what biases begin with
 */
public record Initial(Kind kind, double deviation, double bias) {

  /** Of what. */
  public enum Kind {
    /** Normal with variance 2 / fan-in (He et al., 2015). */
    HE,
    /** Normal with variance 2 / fan-out: {@code c2_msra_fill}. */
    MSRA,
    /** Uniform with variance 1 / fan-in: {@code c2_xavier_fill}. */
    XAVIER,
    /** Normal with a deviation of its own. */
    NORMAL,
    /** Two numbers: minus infinity and infinity. */
    OPEN_RANGE
  }

  /** Biases begin with 0. */
  public Initial(Kind kind, double deviation) {
    this(kind, deviation, 0);
  }

  /** What a block is given that says nothing. */
  public static final Initial HE = new Initial(Kind.HE, 0);

  public static final Initial MSRA = new Initial(Kind.MSRA, 0);

  public static final Initial XAVIER = new Initial(Kind.XAVIER, 0);

  /** Limits that limit nothing. */
  public static final Initial OPEN_RANGE = new Initial(Kind.OPEN_RANGE, 0);

  public static Initial normal(double deviation) {
    return new Initial(Kind.NORMAL, deviation);
  }

  /** The same weights beside another bias. */
  public Initial withBias(double value) {
    return new Initial(kind, deviation, value);
  }

  /**
   * Values of a weight.
   *
   * @param shape (outputs, inputs of a group, ...)
   */
  public float[] values(long[] shape, SplittableRandom random) {
    long area = 1;
    for (int i = 1; i < shape.length; i++) {
      area *= shape[i];
    }
    double fanIn = Math.max(1, area);
    double fanOut = Math.max(1, shape.length < 2 ? shape[0] : shape[0] * area / shape[1]);
    float[] values = new float[Math.toIntExact(shape[0] * area)];
    for (int i = 0; i < values.length; i++) {
      values[i] =
          (float)
              switch (kind) {
                case HE -> random.nextGaussian() * Math.sqrt(2 / fanIn);
                case MSRA -> random.nextGaussian() * Math.sqrt(2 / fanOut);
                case XAVIER -> (2 * random.nextDouble() - 1) * Math.sqrt(3 / fanIn);
                case NORMAL -> random.nextGaussian() * deviation;
                case OPEN_RANGE -> i % 2 == 0 ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
              };
    }
    return values;
  }
}
