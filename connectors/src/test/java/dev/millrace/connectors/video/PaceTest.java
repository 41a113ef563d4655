package dev.millrace.connectors.video;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PaceTest {
  private static final long MILLI = 1_000_000;

  @Test
  void framesAreDueAtEqualDistances() {
    Pace pace = new Pace(10);
    assertThat(pace.delayNanos(500 * MILLI)).isZero();
    assertThat(pace.delayNanos(500 * MILLI)).isEqualTo(100 * MILLI);
    assertThat(pace.delayNanos(630 * MILLI)).isEqualTo(70 * MILLI);
    assertThat(pace.delayNanos(810 * MILLI)).isZero();
    assertThat(pace.delayNanos(810 * MILLI)).isEqualTo(90 * MILLI);
  }

  @Test
  void aLongStandstillIsNotCaughtUp() {
    Pace pace = new Pace(10);
    pace.delayNanos(0);
    assertThat(pace.delayNanos(5_000 * MILLI)).isZero();
    assertThat(pace.delayNanos(5_000 * MILLI)).isEqualTo(100 * MILLI);
  }

  @Test
  void rateZeroNeverWaits() {
    for (int i = 0; i < 3; i++) {
      assertThat(Pace.NONE.delayNanos(0)).isZero();
      assertThat(Pace.NONE.tooSoon(0)).isFalse();
    }
  }

  @Test
  void aFasterLiveSourceLosesFrames() {
    Pace pace = new Pace(10);
    int kept = 0;
    for (int i = 0; i < 300; i++) {
      kept += pace.tooSoon(i * 1000L * MILLI / 30) ? 0 : 1;
    }
    assertThat(kept).isBetween(99, 101);
  }
}
