package dev.millrace.connectors.memory;

import dev.millrace.connectors.DeadLetterReason;
import dev.millrace.connectors.DetectionEvent;
import dev.millrace.connectors.EventSink;
import dev.millrace.connectors.FrameRecord;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** Keeps events and dead letters in lists, in the order of the calls. Thread-safe. */
public final class InMemoryEventSink implements EventSink {

  /** A frame that could not be processed, and why. */
  public record DeadLetter(FrameRecord frame, DeadLetterReason reason) {}

  private final List<DetectionEvent> events = new ArrayList<>();
  private final List<DeadLetter> deadLetters = new ArrayList<>();
  private final List<Runnable> owed = new ArrayList<>();
  private boolean holding;
  private boolean closed;
  private int failures;
  private @Nullable Throwable failure;

  @Override
  public Mono<Void> publish(FrameRecord frame, DetectionEvent event) {
    return take(() -> events.add(event));
  }

  @Override
  public Mono<Void> deadLetter(FrameRecord frame, DeadLetterReason reason) {
    return take(() -> deadLetters.add(new DeadLetter(frame, reason)));
  }

  @Override
  public synchronized boolean healthy() {
    return !closed && failures == 0;
  }

  @Override
  public void close() {
    release();
    synchronized (this) {
      closed = true;
    }
  }

  /** What was published so far. */
  public synchronized List<DetectionEvent> events() {
    return List.copyOf(events);
  }

  public synchronized List<DeadLetter> deadLetters() {
    return List.copyOf(deadLetters);
  }

  /** The next calls fail with this error and keep nothing. */
  public synchronized void failNext(int calls, Throwable error) {
    failures = calls;
    failure = error;
  }

  /** From now on calls keep what they are given and do not complete until {@link #release()}. */
  public synchronized void hold() {
    holding = true;
  }

  /** Completes what was held back, in order. */
  public void release() {
    List<Runnable> due;
    synchronized (this) {
      holding = false;
      due = List.copyOf(owed);
      owed.clear();
    }
    due.forEach(Runnable::run);
  }

  private synchronized Mono<Void> take(Runnable keep) {
    if (closed) {
      return Mono.error(new IllegalStateException("the sink is closed"));
    }
    Throwable error = failure;
    if (failures > 0 && error != null) {
      failures--;
      return Mono.error(error);
    }
    keep.run();
    if (!holding) {
      return Mono.empty();
    }
    Sinks.Empty<Void> answer = Sinks.empty();
    owed.add(answer::tryEmitEmpty);
    return answer.asMono();
  }
}
