package dev.millrace.pipeline.stream;

import java.time.Duration;

/**
 * How wide the flow is.
 *
 * @param decodeThreads threads that decode, at least 1
 * @param maxBatch most frames that a lane gets at once, at least 1
 * @param maxDelay how long an idle lane waits for frames that are being decoded to join a batch;
 *     zero: never
 */
public record FlowSettings(int decodeThreads, int maxBatch, Duration maxDelay) {
  public FlowSettings {
    if (decodeThreads < 1 || maxBatch < 1 || maxDelay.isNegative()) {
      throw new IllegalArgumentException(
          "threads and batch must be at least 1, the delay not negative: "
              + decodeThreads
              + ", "
              + maxBatch
              + ", "
              + maxDelay);
    }
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
