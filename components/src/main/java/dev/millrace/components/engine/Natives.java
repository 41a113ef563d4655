package dev.millrace.components.engine;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Counts what this package opens and closes outside the Java heap: sessions, tensors of weights,
 * PyTorch managers.
 */
public final class Natives {

  private static final AtomicLong CREATED = new AtomicLong();
  private static final AtomicLong CLOSED = new AtomicLong();

  private Natives() {}

  static void created() {
    CREATED.incrementAndGet();
  }

  static void closed() {
    CLOSED.incrementAndGet();
  }

  /** Opened since the process started. */
  public static long createdCount() {
    return CREATED.get();
  }

  /** Closed since the process started. */
  public static long closedCount() {
    return CLOSED.get();
  }
}
