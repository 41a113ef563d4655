package dev.millrace.connectors.video;

import java.util.concurrent.atomic.AtomicLong;

/** How many native objects were created and closed; equal when nothing leaks. Thread-safe. */
public final class NativeCount {
  private final AtomicLong created = new AtomicLong();
  private final AtomicLong closed = new AtomicLong();

  public long created() {
    return created.get();
  }

  public long closed() {
    return closed.get();
  }

  void opened() {
    created.incrementAndGet();
  }

  void released() {
    closed.incrementAndGet();
  }

  @Override
  public String toString() {
    return created + " created, " + closed + " closed";
  }
}
