package dev.millrace.connectors.delivery;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How many frames and bytes a source may hold between reading and acknowledgement. The budget is
 * spent at the limit of either and is good again at half of both. Thread-safe.
 */
public final class Credits {
  private final int maxFrames;
  private final long maxBytes;
  private final AtomicInteger frames = new AtomicInteger();
  private final AtomicLong bytes = new AtomicLong();

  /**
   * @param maxFrames at least 1
   * @param maxBytes at least 1; one frame is let in even if it alone is larger
   */
  public Credits(int maxFrames, long maxBytes) {
    if (maxFrames < 1 || maxBytes < 1) {
      throw new IllegalArgumentException(
          "a budget of " + maxFrames + " frames and " + maxBytes + " bytes lets nothing flow");
    }
    this.maxFrames = maxFrames;
    this.maxBytes = maxBytes;
  }

  void take(int size) {
    frames.incrementAndGet();
    bytes.addAndGet(size);
  }

  void giveBack(int count, long size) {
    frames.addAndGet(-count);
    bytes.addAndGet(-size);
  }

  /** At the limit: read no more. */
  public boolean spent() {
    return frames.get() >= maxFrames || bytes.get() >= maxBytes;
  }

  /** Whether so many frames and bytes are within the budget. */
  boolean allow(int frames, long bytes) {
    return frames <= 1 || (frames <= maxFrames && bytes <= maxBytes);
  }

  /** At half or below: read again. */
  public boolean restored() {
    return frames.get() <= maxFrames / 2 && bytes.get() <= maxBytes / 2;
  }

  /** Frames read and not yet acknowledged. */
  public int frames() {
    return frames.get();
  }

  /** Their bytes. */
  public long bytes() {
    return bytes.get();
  }
}
