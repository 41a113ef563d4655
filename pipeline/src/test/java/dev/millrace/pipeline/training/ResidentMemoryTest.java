package dev.millrace.pipeline.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.OptionalDouble;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;

class ResidentMemoryTest {

  /** Looked at every twentieth step. */
  private static OptionalDouble slope(int first, int last, IntToDoubleFunction megabytes) {
    ResidentMemory memory = new ResidentMemory();
    for (int step = first; step <= last; step += 20) {
      memory.saw(step, megabytes.applyAsDouble(step));
    }
    return memory.slope();
  }

  @Test
  void aLineHasItsSlope() {
    assertThat(slope(20, 1000, step -> 500 + 0.03 * step)).hasValueCloseTo(30.0, within(1e-6));
    assertThat(slope(20, 1000, step -> 500 - 0.002 * step)).hasValueCloseTo(-2.0, within(1e-6));
    assertThat(slope(20, 1000, step -> 500)).hasValue(0);
  }

  /** By hand: 0, 0, ..., 9 at x = 0, ..., 9 has the slope 4.5 * 9 / 82.5 = 27 / 55 a look. */
  @Test
  void itIsThatOfLeastSquares() {
    assertThat(slope(220, 600, step -> step == 600 ? 9 : 0))
        .hasValueCloseTo(1000 / 20.0 * 27 / 55, within(1e-6));
  }

  @Test
  void whatTheBeginningTakesIsNoLeak() {
    assertThat(slope(20, 1000, step -> step < 220 ? 10 * step : 2000))
        .hasValueCloseTo(0.0, within(1e-6));
    assertThat(slope(20, 1000, step -> step < 240 ? 10 * step : 3000).getAsDouble())
        .as("the 220th, 200 after the first look, counts")
        .isPositive();
  }

  /** A run that goes on has a process of its own, which begins anew. */
  @Test
  void theBeginningIsThatOfTheProcess() {
    assertThat(slope(5020, 6000, step -> step < 5220 ? step : 9000 + 0.001 * step))
        .hasValueCloseTo(1.0, within(1e-6));
  }

  @Test
  void aShortRunHasNone() {
    assertThat(new ResidentMemory().slope()).isEmpty();
    assertThat(slope(20, 380, step -> step)).as("nine looks").isEmpty();
    assertThat(slope(20, 400, step -> step)).as("ten looks").hasValueCloseTo(1000.0, within(1e-6));
  }

  @Test
  void thisProcessHasMemory() {
    OptionalDouble now = new ResidentMemory().look(20);
    if (java.nio.file.Files.exists(java.nio.file.Path.of("/proc/self/status"))) {
      assertThat(now.getAsDouble()).isBetween(20.0, 1e6);
    } else {
      assertThat(now).isEmpty();
    }
  }
}
