package dev.millrace.connectors;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** Waits for what another thread will bring about. */
public final class Await {
  private Await() {}

  public static void until(String what, BooleanSupplier condition) {
    until(what, Duration.ofSeconds(30), condition);
  }

  public static void until(String what, Duration patience, BooleanSupplier condition) {
    long deadline = System.nanoTime() + patience.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("not within " + patience + ": " + what);
      }
      LockSupport.parkNanos(1_000_000);
    }
  }

  /** The assertion holds now and at every look for this long. */
  public static void throughout(Duration time, ThrowingCallable assertion) throws Throwable {
    long end = System.nanoTime() + time.toNanos();
    do {
      assertion.call();
      LockSupport.parkNanos(1_000_000);
    } while (System.nanoTime() < end);
  }
}
