package dev.millrace.components.modeling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InitialTest {

  private static final long[] CONV = {64, 32, 3, 3}; // fan-in 288, fan-out 576

  /** Deviations as fvcore's c2_msra_fill and c2_xavier_fill give them. */
  @ParameterizedTest
  @CsvSource({"HE, 0.083333", "MSRA, 0.058926", "XAVIER, 0.058926", "NORMAL, 0.01"})
  void spreadsAsItsKindSays(Initial.Kind kind, double deviation) {
    spread(kind, CONV, deviation);
  }

  /** Fans as torch counts them: a group's inputs, but the outputs of all groups. */
  @ParameterizedTest
  @CsvSource({"HE, 0.166667", "MSRA, 0.041667", "XAVIER, 0.117851"})
  void groupsCountForTheFanInOnly(Initial.Kind kind, double deviation) {
    spread(kind, new long[] {128, 8, 3, 3}, deviation);
  }

  @ParameterizedTest
  @CsvSource({"HE, 0.0625", "MSRA, 0.125", "XAVIER, 0.044194", "NORMAL, 0.01"})
  void aLinearLayerHasNoKernel(Initial.Kind kind, double deviation) {
    spread(kind, new long[] {128, 512}, deviation);
  }

  private static void spread(Initial.Kind kind, long[] shape, double deviation) {
    float[] values = new Initial(kind, 0.01).values(shape, new SplittableRandom(1));
    assertThat(values).hasSize(Math.toIntExact(Arrays.stream(shape).reduce(1, (a, b) -> a * b)));
    double mean = 0;
    double square = 0;
    for (float value : values) {
      mean += value / values.length;
      square += (double) value * value / values.length;
    }
    assertThat(mean).isCloseTo(0, within(deviation / 20));
    assertThat(Math.sqrt(square)).isCloseTo(deviation, within(deviation / 30));
  }

  @Test
  void xavierIsUniform() {
    double bound = Math.sqrt(3.0 / 288);
    int inner = 0;
    for (float value : Initial.XAVIER.values(CONV, new SplittableRandom(1))) {
      assertThat(Math.abs(value)).isLessThanOrEqualTo((float) bound);
      inner += Math.abs(value) < bound / 2 ? 1 : 0;
    }
    assertThat(inner).isBetween(64 * 32 * 9 * 47 / 100, 64 * 32 * 9 * 53 / 100);
  }

  @Test
  void theSeedDecides() {
    assertThat(Initial.MSRA.values(CONV, new SplittableRandom(5)))
        .isEqualTo(Initial.MSRA.values(CONV, new SplittableRandom(5)))
        .isNotEqualTo(Initial.MSRA.values(CONV, new SplittableRandom(6)));
  }
}
