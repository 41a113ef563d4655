package dev.millrace.pipeline.stream;

import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * Bytes of decoded pixels that may be held between the decode pool and the lanes. Pixels are tens
 * of times as large as the bytes that the source counts, so without this a few dozen big pictures
 * fill the heap.
 *
 * <p>Frames are let in strictly in the order in which they ask. So whatever is held is held by
 * frames before those that wait; it reaches its lane without them and is given back. One frame is
 * let in however large it is. Thread-safe.
 */
final class PixelBudget {

  private record Asking(long bytes, Runnable go) {}

  private final long limit;
  private final Queue<Asking> queue = new ArrayDeque<>();
  private long held;

  /**
   * @param limit at least 1
   */
  PixelBudget(long limit) {
    this.limit = limit;
  }

  /** Calls {@code go} once there is room: now, or on the thread that makes it. */
  void enter(long bytes, Runnable go) {
    synchronized (this) {
      queue.add(new Asking(bytes, go));
    }
    letIn();
  }

  /** More is held than was asked for, or less where {@code bytes} is negative. */
  void add(long bytes) {
    synchronized (this) {
      held += bytes;
    }
    letIn();
  }

  /** Bytes that are held, by frames being decoded and decoded. */
  synchronized long held() {
    return held;
  }

  private void letIn() {
    for (Asking next = next(); next != null; next = next()) {
      next.go().run();
    }
  }

  private synchronized @Nullable Asking next() {
    Asking first = queue.peek();
    if (first == null || (held > 0 && held + first.bytes() > limit)) {
      return null;
    }
    held += first.bytes();
    return queue.remove();
  }
}
