package dev.millrace.components.contract;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.types.Shape;
import dev.millrace.components.engine.TwoForms;
import dev.millrace.components.engine.TwoForms.Result;
import dev.millrace.components.modeling.Component;
import dev.millrace.components.modeling.Stage;
import dev.millrace.components.modeling.Values;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** What the contracts of stages share: both forms are run and held against each other. */
abstract class StageContract {
  private long open;

  @BeforeEach
  void count() {
    open = TwoForms.open();
  }

  @AfterEach
  void nothingLeaks() {
    assertThat(TwoForms.open()).as("sessions, tensors and managers that are open").isEqualTo(open);
  }

  /**
   * How far the compiled form may be from the eager one, and an image from itself in a batch: the
   * difference's norm over the array's.
   */
  protected double tolerance() {
    return 1e-4;
  }

  /**
   * What the lines give with random parameters, and by both forms if they can be traced; else they
   * must say why not.
   *
   * @param names what they write
   */
  final Map<String, Result> run(
      Component component, TwoForms inputs, Stage.Step step, Set<String> names) {
    inputs.parameters(component, 1);
    String why = inputs.whyNotTraceable(step);
    if (why != null) {
      assertThat(why).as("the reason why it cannot be traced").isNotBlank();
      return inputs.eager(step, names);
    }
    Map<String, Result> eager = inputs.eager(step);
    Map<String, Result> traced = inputs.traced(step);
    Values foretold = inputs.trace(step);
    assertThat(traced.keySet()).isEqualTo(eager.keySet()).containsAll(names);
    eager.forEach(
        (name, values) -> {
          same(name + " compiled", traced.get(name), values, tolerance());
          assertThat(foretold.get(name).getShape())
              .as("shape of " + name + " that the trace foretold")
              .isEqualTo(values.shape());
        });
    return traced;
  }

  static float[] noise(long seed, long count, float from, float to) {
    Random random = new Random(seed);
    float[] values = new float[Math.toIntExact(count)];
    for (int i = 0; i < values.length; i++) {
      values[i] = from + (to - from) * random.nextFloat();
    }
    return values;
  }

  /** What belongs to one image of a batch. */
  static Result image(Result all, int n) {
    int each = Math.toIntExact(all.shape().size() / all.shape().get(0));
    Shape one = new Shape(1).addAll(all.shape().slice(1));
    return new Result(all.type(), one, Arrays.copyOfRange(all.numbers(), n * each, (n + 1) * each));
  }

  static void same(String what, Result found, Result expected, double tolerance) {
    assertThat(found.shape()).as("shape of " + what).isEqualTo(expected.shape());
    assertThat(relativeError(found.numbers(), expected.numbers()))
        .as("relative error of " + what)
        .isLessThanOrEqualTo(tolerance);
  }

  /** Infinite where numbers that are not finite differ. */
  static double relativeError(double[] found, double[] expected) {
    double difference = 0;
    double norm = 0;
    for (int i = 0; i < expected.length; i++) {
      if (!Double.isFinite(expected[i]) || !Double.isFinite(found[i])) {
        if (Double.compare(expected[i], found[i]) != 0) {
          return Double.POSITIVE_INFINITY;
        }
      } else {
        difference += Math.pow(found[i] - expected[i], 2);
        norm += Math.pow(expected[i], 2);
      }
    }
    return difference == 0 ? 0 : Math.sqrt(difference / norm);
  }
}
