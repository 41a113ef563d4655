package dev.millrace.pipeline.cli;

import dev.millrace.connectors.DeadLetterReason;
import dev.millrace.connectors.DetectionEvent;
import dev.millrace.connectors.EventSink;
import dev.millrace.connectors.FramePosition;
import dev.millrace.connectors.FrameRecord;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import reactor.core.publisher.Mono;

/**
 * Hands events on, one after the other, on the delivery thread.
 *
 * @param rejected is told the frame and the reason's message
 */
record CallbackSink(Consumer<DetectionEvent> events, BiConsumer<FramePosition, String> rejected)
    implements EventSink {

  @Override
  public Mono<Void> publish(FrameRecord frame, DetectionEvent event) {
    events.accept(event);
    return Mono.empty();
  }

  @Override
  public Mono<Void> deadLetter(FrameRecord frame, DeadLetterReason reason) {
    rejected.accept(frame.position(), reason.message());
    return Mono.empty();
  }

  @Override
  public boolean healthy() {
    return true;
  }

  @Override
  public void close() {}
}
