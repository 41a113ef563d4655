package dev.millrace.components.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Values of Detectron2's {@code solver/lr_scheduler.py}, worked out by hand. */
class LearningRateTest {

  private static final WarmUp LINEAR = new WarmUp(4, 0.1, true);
  private static final WarmUp CONSTANT = new WarmUp(4, 0.1, false);

  private static void rates(LearningRate rate, int first, double... expected) {
    for (int i = 0; i < expected.length; i++) {
      assertThat(rate.at(first + i)).as("step %d", first + i).isCloseTo(expected[i], within(1e-12));
    }
  }

  @Test
  void warmsUp() {
    rates(LINEAR::at, 0, 0.1, 0.325, 0.55, 0.775, 1, 1);
    rates(CONSTANT::at, 0, 0.1, 0.1, 0.1, 0.1, 1, 1);
    rates(WarmUp.NONE::at, 0, 1, 1);
    rates(new WarmUp(2, 0, true)::at, 0, 0, 0.5, 1);
  }

  @ParameterizedTest
  @CsvSource({"-1, 0.5", "1, -0.1", "1, 1.1", "1, NaN"})
  void aWarmUpThatCannotBe(int iterations, double factor) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new WarmUp(iterations, factor, true))
        .withMessage(
            "expected 0 iterations or more and a factor of 0 to 1, found %s and %s",
            iterations, factor);
  }

  /** bisect_right: at a step itself the rate has fallen already. */
  @Test
  void fallsInSteps() {
    LearningRate rate = new WarmupMultiStep(0.02, List.of(3, 7, 9), 0.1, WarmUp.NONE);
    rates(rate, 0, 0.02, 0.02, 0.02, 2e-3, 2e-3, 2e-3, 2e-3, 2e-4, 2e-4, 2e-5, 2e-5);
    rates(new WarmupMultiStep(0.02, List.of(2, 2), 0.5, WarmUp.NONE), 1, 0.02, 0.005);
    rates(new WarmupMultiStep(0.02, List.of(), 0.5, WarmUp.NONE), 1000, 0.02);
  }

  @Test
  void fallsInStepsWhileItWarmsUp() {
    rates(
        new WarmupMultiStep(0.02, List.of(3, 5), 0.1, LINEAR),
        0,
        0.002,
        0.0065,
        0.011,
        0.00155,
        0.002,
        0.0002);
    rates(
        new WarmupMultiStep(0.02, List.of(3, 5), 0.1, CONSTANT),
        0,
        0.002,
        0.002,
        0.002,
        0.0002,
        0.002,
        0.0002);
  }

  @Test
  void stepsAscend() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new WarmupMultiStep(1, List.of(7, 3), 0.1, WarmUp.NONE))
        .withMessage("expected ascending steps, found [7, 3]");
  }

  @Test
  void fallsAsACosine() {
    double root = Math.sqrt(0.5);
    rates(
        new WarmupCosine(0.02, 0, 8, WarmUp.NONE),
        0,
        0.02,
        0.01 * (1 + Math.sqrt(2 + Math.sqrt(2)) / 2),
        0.01 * (1 + root),
        0.01 * (1 + Math.sqrt(2 - Math.sqrt(2)) / 2),
        0.01,
        0.01 * (1 - Math.sqrt(2 - Math.sqrt(2)) / 2),
        0.01 * (1 - root),
        0.01 * (1 - Math.sqrt(2 + Math.sqrt(2)) / 2),
        0);
    rates(new WarmupCosine(0.02, 0.01, 2, WarmUp.NONE), 0, 0.02, 0.015, 0.01);
  }

  @Test
  void fallsAsACosineWhileItWarmsUp() {
    LearningRate rate = new WarmupCosine(0.02, 0, 8, LINEAR);
    rates(rate, 0, 0.002, 0.325 * 0.01 * (1 + Math.sqrt(2 + Math.sqrt(2)) / 2));
    rates(rate, 2, 0.55 * 0.01 * (1 + Math.sqrt(0.5)));
    rates(rate, 4, 0.01);
    rates(new WarmupCosine(0.02, 0.01, 4, CONSTANT), 2, 0.0015);
  }
}
