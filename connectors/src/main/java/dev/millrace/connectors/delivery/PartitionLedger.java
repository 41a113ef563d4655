package dev.millrace.connectors.delivery;

import java.util.concurrent.TimeUnit;

/**
 * What is known of one partition under one assignment of it, its epoch: which frames were read,
 * emitted, acknowledged. Thread-safe; no call but {@link #awaitAcknowledged} waits.
 */
public final class PartitionLedger {
  private final String topic;
  private final int partition;
  private final int epoch;
  private final OffsetTracker offsets;
  private int emitted;
  private long emittedBytes;
  private boolean withdrawn;
  private boolean abandoned;

  /** Frames emitted and not acknowledged, and their bytes. */
  record Emitted(int frames, long bytes) {}

  PartitionLedger(String topic, int partition, int epoch, long start) {
    this.topic = topic;
    this.partition = partition;
    this.epoch = epoch;
    this.offsets = new OffsetTracker(start);
  }

  public String topic() {
    return topic;
  }

  public int partition() {
    return partition;
  }

  public int epoch() {
    return epoch;
  }

  /** The offset that may be committed: everything below it is safe. */
  public synchronized long next() {
    return offsets.next();
  }

  /** The offset after the last that was read. */
  public synchronized long end() {
    return offsets.end();
  }

  /** Everything below the offset has been read, also where it held no frame. */
  public synchronized void reached(long offset) {
    offsets.reached(offset);
  }

  /** Frames emitted and not yet acknowledged. */
  public synchronized int inFlight() {
    return emitted;
  }

  /** Whether the partition was taken away: nothing more of it is emitted. */
  public synchronized boolean withdrawn() {
    return withdrawn;
  }

  /**
   * Waits until every frame that was emitted has been acknowledged.
   *
   * @return false if the deadline, in the time of {@link System#nanoTime()}, came first
   */
  public synchronized boolean awaitAcknowledged(long deadlineNanos) throws InterruptedException {
    while (emitted > 0) {
      long left = deadlineNanos - System.nanoTime();
      if (left <= 0) {
        return false;
      }
      TimeUnit.NANOSECONDS.timedWait(this, left);
    }
    return true;
  }

  synchronized void begin(long offset) {
    offsets.begin(offset);
  }

  /** Counts a frame as emitted, unless the partition has been taken away meanwhile. */
  synchronized boolean emit(int size) {
    if (withdrawn) {
      return false;
    }
    emitted++;
    emittedBytes += size;
    return true;
  }

  synchronized boolean complete(long offset, int size) {
    if (abandoned || !offsets.complete(offset)) {
      return false;
    }
    emittedBytes -= size;
    if (--emitted == 0) {
      notifyAll();
    }
    return true;
  }

  synchronized void withdraw() {
    withdrawn = true;
  }

  /** Nobody will acknowledge what was emitted; if somebody does, nothing changes. */
  synchronized Emitted abandon() {
    Emitted left = new Emitted(emitted, emittedBytes);
    abandoned = true;
    emitted = 0;
    emittedBytes = 0;
    notifyAll();
    return left;
  }
}
