package dev.millrace.connectors;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;

/**
 * Where frames come from. At most {@link #frames()} subscription at a time. Frames of one partition
 * come in offset order.
 *
 * <p>Every frame that was emitted must be acknowledged, in any order, once its event or its dead
 * letter is safe; until then its bytes count against the source's budget and its offset is not
 * committed.
 */
public interface FrameSource extends AutoCloseable {

  /**
   * The frames; honours demand. Ends when the source is drained (a file, a closed source); an error
   * ends it for good.
   */
  Flux<FrameRecord> frames();

  /**
   * Its event or dead letter is safe. Callable from any thread; does not block. Stale epochs are
   * ignored.
   */
  void acknowledge(FrameRecord frame);

  /** Frames emitted and not yet acknowledged. */
  int framesInFlight();

  /** Their bytes. */
  long bytesInFlight();

  /**
   * Whether frames can flow: connected and, with Kafka, polling without trouble in the last 10 s.
   */
  boolean healthy();

  /** What keeps frames from flowing, in a sentence for people; null if nothing is known to. */
  default @Nullable String trouble() {
    return null;
  }

  /**
   * Asks for no more frames: {@link #frames()} completes after what was already emitted.
   * Acknowledgements still count.
   */
  void stop();

  /** Commits what was acknowledged and releases everything. */
  @Override
  void close();
}
