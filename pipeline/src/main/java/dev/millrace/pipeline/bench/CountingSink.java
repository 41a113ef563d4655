package dev.millrace.pipeline.bench;

import dev.millrace.connectors.DeadLetterReason;
import dev.millrace.connectors.DetectionEvent;
import dev.millrace.connectors.EventSink;
import dev.millrace.connectors.FrameRecord;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** Counts the events that became safe. */
final class CountingSink implements EventSink {

  private final EventSink sink;
  private final AtomicInteger safe;

  CountingSink(EventSink sink, AtomicInteger safe) {
    this.sink = sink;
    this.safe = safe;
  }

  @Override
  public Mono<Void> publish(FrameRecord frame, DetectionEvent event) {
    return sink.publish(frame, event).doOnSuccess(done -> safe.incrementAndGet());
  }

  @Override
  public Mono<Void> deadLetter(FrameRecord frame, DeadLetterReason reason) {
    return sink.deadLetter(frame, reason);
  }

  @Override
  public boolean healthy() {
    return sink.healthy();
  }

  @Override
  public @Nullable String trouble() {
    return sink.trouble();
  }

  @Override
  public void close() {
    sink.close();
  }
}
