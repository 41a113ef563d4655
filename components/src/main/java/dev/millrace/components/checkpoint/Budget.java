package dev.millrace.components.checkpoint;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** How much memory a file may ask for: a small file that means to fill it is refused. */
final class Budget {

  /** Less is not worth memory outside of the heap, which is freed late. */
  private static final int SMALL_BYTES = 1 << 16;

  private long left;

  Budget(long bytes) {
    left = bytes;
  }

  /**
   * Takes what is about to be allocated off.
   *
   * @throws CheckpointException if it is more than is left
   */
  void reserve(long bytes) {
    if (bytes < 0 || bytes > left) {
      throw new CheckpointException(
          "it asks for more memory ("
              + bytes
              + " bytes) than a file of its size can hold values for");
    }
    left -= bytes;
  }

  /** Reserves and allocates. */
  ByteBuffer allocate(long bytes) {
    reserve(bytes);
    return memory(Math.toIntExact(bytes));
  }

  /** Zeros, little-endian; outside of the heap unless they are few. */
  static ByteBuffer memory(int bytes) {
    return (bytes < SMALL_BYTES ? ByteBuffer.allocate(bytes) : ByteBuffer.allocateDirect(bytes))
        .order(ByteOrder.LITTLE_ENDIAN);
  }
}
