package dev.millrace.connectors;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** Where events and dead letters go. Calls for one camera are kept in order. */
public interface EventSink extends AutoCloseable {

  /**
   * Completes when the event is safe (acknowledged by all in-sync replicas, and committed where the
   * sink is transactional). Sent in the order of the calls. An event that no topic will take
   * becomes a dead letter of its frame, {@link DeadLetterReason#UNDELIVERABLE}.
   *
   * @param frame what the event says something of
   */
  Mono<Void> publish(FrameRecord frame, DetectionEvent event);

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
