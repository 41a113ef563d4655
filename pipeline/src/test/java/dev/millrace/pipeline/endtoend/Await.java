package dev.millrace.pipeline.endtoend;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waits for what other threads will bring about. */
final class Await {
  /** Long, since a test machine may be slow; only a test that fails waits so long. */
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  private Await() {}

  /**
   * @param found told where it does not come about
   */
  static void until(String what, BooleanSupplier condition, Supplier<?> found) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("not within " + PATIENCE + ": " + what + "; found " + found.get());
      }
      LockSupport.parkNanos(2_000_000);
    }
  }
}
