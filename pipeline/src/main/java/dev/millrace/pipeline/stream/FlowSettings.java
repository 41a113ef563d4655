package dev.millrace.pipeline.stream;

import java.time.Duration;

/**
 * How wide the flow is.
 *
 * @param decodeThreads threads that decode, at least 1
 * @param maxBatch most frames that a lane gets at once, at least 1
 * @param maxDelay how long an idle lane waits for frames that are being decoded to join a batch;
 *     zero: never
 * @param maxPixelBytes of frames that are being decoded or wait, decoded, for their lane to be done
 *     with them; one frame is let in even if it alone is larger
 */
public record FlowSettings(int decodeThreads, int maxBatch, Duration maxDelay, long maxPixelBytes) {
  public FlowSettings {
    if (decodeThreads < 1 || maxBatch < 1 || maxDelay.isNegative() || maxPixelBytes < 1) {
      throw new IllegalArgumentException(
          "threads, batch and pixels must be at least 1, the delay not negative: "
              + decodeThreads
              + ", "
              + maxBatch
              + ", "
              + maxDelay
              + ", "
              + maxPixelBytes);
    }
  }

  /** With pixels for a quarter of the heap. */
  public FlowSettings(int decodeThreads, int maxBatch, Duration maxDelay) {
    this(decodeThreads, maxBatch, maxDelay, Runtime.getRuntime().maxMemory() / 4);
  }

  /**
   * Frames being decoded or decoded and waiting for their turn: enough that no thread waits for an
   * earlier frame that is slow.
   */
  int decodeWindow() {
    return decodeThreads * 2;
  }

  /** Decoded frames that wait for a lane: the next batch, and one more of another shape. */
  int batchWindow() {
    return maxBatch * 2;
  }

  /** Events on their way to the sink: enough for some round trips at any rate a lane reaches. */
  int deliveryWindow() {
    return 256;
  }
}
