package dev.millrace.pipeline.faults;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** What tests of faults share. */
final class Faults {

  private Faults() {}

  /**
   * How large a fault test is: {@code -Dfaults.scale=full} is what docs/RELIABILITY.md states, else
   * a form that CI has time for.
   */
  static boolean full() {
    return "full".equals(System.getProperty("faults.scale"));
  }

  static void until(String what, Duration patience, BooleanSupplier condition) {
    long deadline = System.nanoTime() + patience.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("waited " + patience + " for " + what);
      }
      sleep(Duration.ofMillis(20));
    }
  }

  static void sleep(Duration time) {
    try {
      TimeUnit.MILLISECONDS.sleep(time.toMillis());
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
