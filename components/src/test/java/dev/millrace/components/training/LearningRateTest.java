package dev.millrace.components.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Values of Detectron2's {@code build_lr_scheduler} ({@code solver/build.py}, {@code
 * solver/lr_scheduler.py}) over fvcore's {@code param_scheduler.py}, worked out by hand.
 */
class LearningRateTest {

  private static final WarmUp LINEAR = new WarmUp(4, 0.1, true);
  private static final WarmUp CONSTANT = new WarmUp(4, 0.1, false);

  private static void rates(LearningRate rate, int first, double... expected) {
    for (int i = 0; i < expected.length; i++) {
      assertThat(rate.at(first + i)).as("step %d", first + i).isCloseTo(expected[i], within(1e-12));
    }
  }

  @Test
  void warmsUpToASteadyRate() {
    rates(steady(LINEAR), 0, 0.1, 0.325, 0.55, 0.775, 1, 1);
    rates(steady(CONSTANT), 0, 0.1, 0.1, 0.1, 0.1, 1, 1);
    rates(steady(WarmUp.NONE), 0, 1, 1);
    rates(steady(new WarmUp(2, 0, true)), 0, 0, 0.5, 1);
  }

  private static LearningRate steady(WarmUp warmUp) {
    return new WarmupMultiStep(1, List.of(), 0.1, warmUp);
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

  /** From 0.1 * 0.02 to the rate of step 4, on a line: there is no fall at step 3. */
  @Test
  void aStepWithinTheWarmUpLowersWhatItLeadsTo() {
    List<Integer> steps = List.of(3, 5);
    rates(
        new WarmupMultiStep(0.02, steps, 0.5, LINEAR),
        0,
        0.002,
        0.004, // 0.75 * 0.002 + 0.25 * 0.01
        0.006,
        0.008,
        0.01,
        0.005);
    rates(
        new WarmupMultiStep(0.02, steps, 0.5, CONSTANT),
        0,
        0.002,
        0.002,
        0.002,
        0.002,
        0.01,
        0.005);
  }

  /** The first rate is a share of the schedule's, not of the base. */
  @Test
  void aStepAtOnceLowersAll() {
    rates(
        new WarmupMultiStep(0.02, List.of(0), 0.5, new WarmUp(2, 0.1, true)),
        0,
        0.001,
        0.0055,
        0.01);
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

  /** The wave is at its middle when the warm-up ends: on a line from 0.1 * 0.02 to there. */
  @Test
  void warmsUpToWhereTheCosineIs() {
    double root = Math.sqrt(0.5);
    rates(
        new WarmupCosine(0.02, 0, 8, LINEAR),
        0,
        0.002,
        0.004, // 0.75 * 0.002 + 0.25 * 0.01
        0.006,
        0.008,
        0.01,
        0.01 * (1 - Math.sqrt(2 - Math.sqrt(2)) / 2),
        0.01 * (1 - root));
    rates(new WarmupCosine(0.02, 0.01, 8, LINEAR), 0, 0.002, 0.00525, 0.0085, 0.01175, 0.015);
    rates(
        new WarmupCosine(0.02, 0.01, 8, CONSTANT),
        0,
        0.002,
        0.002,
        0.002,
        0.002,
        0.015,
        0.01 + 0.005 * (1 - Math.sqrt(2 - Math.sqrt(2)) / 2));
  }

  /** As long as all steps: it leads to the wave's end. */
  @Test
  void warmsUpToTheEnd() {
    rates(new WarmupCosine(0.02, 0.01, 4, LINEAR), 0, 0.002, 0.004, 0.006, 0.008, 0.01);
    rates(new WarmupCosine(0.02, 0, 4, LINEAR), 0, 0.002, 0.0015, 0.001, 0.0005, 0);
  }
}
