package dev.millrace.connectors;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** Where events and dead letters go. Calls for one camera are kept in order. */
public interface EventSink extends AutoCloseable {

  /**
   * Completes when the event is safe (acknowledged by all in-sync replicas). Sent in the order of
   * the calls.
   */
  Mono<Void> publish(DetectionEvent event);

  /** Completes when the frame, its position and the reason are safe in the dead-letter topic. */
  Mono<Void> deadLetter(FrameRecord frame, DeadLetterReason reason);

  boolean healthy();

  /** What keeps events from going, in a sentence for people; null if nothing is known to. */
  default @Nullable String trouble() {
    return null;
  }

  /** Flushes, then releases everything. */
  @Override
  void close();
}
