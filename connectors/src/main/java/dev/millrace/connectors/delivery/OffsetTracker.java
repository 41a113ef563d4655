package dev.millrace.connectors.delivery;

import java.util.Arrays;

/**
 * The incomplete offsets of one partition. They are the commit rule: what may be committed is the
 * first of them, or the end where none is left.
 *
 * <p>Offsets begin in growing order, with gaps as compaction and transactions leave them, and
 * complete in any order. A completion costs a binary search; removing the completed head is
 * constant per offset. Not thread-safe.
 */
public final class OffsetTracker {
  private long[] offsets = new long[64]; // a ring, in growing order from head
  private boolean[] completed = new boolean[64];
  private int head;
  private int size;
  private int incomplete;
  private long end;

  /**
   * @param start the offset that will be read first
   */
  public OffsetTracker(long start) {
    this.end = start;
  }

  /** The offset has been read and is not complete. It is greater than all before it. */
  public void begin(long offset) {
    if (offset < end) {
      throw new IllegalArgumentException("offset " + offset + " after " + (end - 1));
    }
    if (size == offsets.length) {
      grow();
    }
    int slot = (head + size) & (offsets.length - 1);
    offsets[slot] = offset;
    completed[slot] = false;
    size++;
    incomplete++;
    end = offset + 1;
  }

  /** Everything below the offset has been read: it lies behind a gap without frames. */
  public void reached(long offset) {
    end = Math.max(end, offset);
  }

  /**
   * The offset is complete.
   *
   * @return false if it never began or was complete already: nothing has changed then
   */
  public boolean complete(long offset) {
    int found = find(offset);
    if (found < 0) {
      return false;
    }
    int slot = (head + found) & (offsets.length - 1);
    if (completed[slot]) {
      return false;
    }
    completed[slot] = true;
    incomplete--;
    while (size > 0 && completed[head]) {
      head = (head + 1) & (offsets.length - 1);
      size--;
    }
    return true;
  }

  /** The offset to commit: everything below it is complete. Never falls. */
  public long next() {
    return size == 0 ? end : offsets[head];
  }

  /** The offset after the last that was read. */
  public long end() {
    return end;
  }

  /** Offsets that began and are not complete. */
  public int incomplete() {
    return incomplete;
  }

  private int find(long offset) {
    int low = 0;
    int high = size - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      long at = offsets[(head + middle) & (offsets.length - 1)];
      if (at == offset) {
        return middle;
      }
      if (at < offset) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return -1;
  }

  private void grow() {
    int capacity = offsets.length;
    long[] movedOffsets = Arrays.copyOf(offsets, capacity * 2);
    boolean[] movedCompleted = Arrays.copyOf(completed, capacity * 2);
    for (int i = 0; i < size; i++) {
      int slot = (head + i) & (capacity - 1);
      movedOffsets[i] = offsets[slot];
      movedCompleted[i] = completed[slot];
    }
    offsets = movedOffsets;
    completed = movedCompleted;
    head = 0;
  }
}
