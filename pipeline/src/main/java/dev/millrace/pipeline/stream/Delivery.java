package dev.millrace.pipeline.stream;

import dev.millrace.connectors.EventSink;
import dev.millrace.connectors.FrameSource;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.core.scheduler.Scheduler;

/**
 * Sends outcomes to the sink in order, many at a time, and acknowledges each frame when its outcome
 * is safe.
 *
 * <p>When one fails, nothing more is sent until all that are on their way have come to an end; then
 * those that failed are sent again in their order, the first one alone to see whether the sink is
 * back. So order holds as long as the sink, like an idempotent producer, fails what was sent after
 * a failure. It never gives up: a sink that is away holds the flow, it does not end it.
 *
 * <p>All state belongs to the delivery thread.
 */
final class Delivery {

  private static final Logger log = LoggerFactory.getLogger(Delivery.class);
  private static final Duration FIRST_BACKOFF = Duration.ofMillis(100);
  private static final Duration LONGEST_BACKOFF = Duration.ofSeconds(10);

  private static final class Parcel {
    final Outcome outcome;
    final MonoSink<Void> receipt;
    long firstSentNanos;

    Parcel(Outcome outcome, MonoSink<Void> receipt) {
      this.outcome = outcome;
      this.receipt = receipt;
    }
  }

  private final EventSink sink;
  private final FrameSource source;
  private final FlowObserver observer;
  private final Scheduler thread;
  private final Deque<Parcel> parcels = new ArrayDeque<>(); // not yet safe, in order
  private int underway;
  private boolean probing;
  private Duration backoff = FIRST_BACKOFF;
  private volatile @Nullable Throwable trouble; // set while the sink refuses

  Delivery(EventSink sink, FrameSource source, FlowObserver observer, Scheduler thread) {
    this.sink = sink;
    this.source = source;
    this.observer = observer;
    this.thread = thread;
  }

  /** Completes when the outcome is safe and its frame acknowledged. Call on the delivery thread. */
  Mono<Void> deliver(Outcome outcome) {
    return Mono.create(
        receipt -> {
          Parcel parcel = new Parcel(outcome, receipt);
          parcels.add(parcel);
          if (trouble == null) {
            send(parcel);
          }
        });
  }

  /** Why nothing is being sent, or null if all is well. */
  @Nullable Throwable trouble() {
    return trouble;
  }

  private void send(Parcel parcel) {
    underway++;
    if (parcel.firstSentNanos == 0) {
      parcel.firstSentNanos = System.nanoTime();
    }
    Mono<Void> safe;
    try {
      safe = hand(parcel.outcome);
    } catch (RuntimeException e) {
      safe = Mono.error(e);
    }
    safe.subscribe(
        nothing -> {},
        e -> later(() -> failed(parcel, e), Duration.ZERO),
        () -> later(() -> arrived(parcel), Duration.ZERO));
  }

  private Mono<Void> hand(Outcome outcome) {
    if (outcome instanceof Detected detected) {
      return sink.publish(detected.record(), detected.event());
    }
    Rejected rejected = (Rejected) outcome;
    return sink.deadLetter(rejected.record(), rejected.reason());
  }

  private void arrived(Parcel parcel) {
    underway--;
    parcels.remove(parcel); // the first, but for a sink that answers out of order
    source.acknowledge(parcel.outcome.record());
    observer.delivered(parcel.outcome, System.nanoTime() - parcel.firstSentNanos);
    parcel.receipt.success();
    if (trouble != null && underway == 0) {
      if (probing) {
        resume();
      } else {
        probeLater();
      }
    }
  }

  private void failed(Parcel parcel, Throwable e) {
    underway--;
    if (trouble == null) {
      log.warn("the sink takes no events, holding {} of them: {}", parcels.size(), e.toString());
    }
    trouble = e;
    observer.deliveryFailed(e);
    if (underway == 0) {
      probeLater();
    }
  }

  private void probeLater() {
    probing = false;
    later(this::probe, backoff);
    Duration doubled = backoff.multipliedBy(2);
    backoff = doubled.compareTo(LONGEST_BACKOFF) < 0 ? doubled : LONGEST_BACKOFF;
  }

  private void probe() {
    Parcel first = parcels.peek();
    if (first == null) {
      resume();
    } else {
      probing = true;
      send(first);
    }
  }

  private void resume() {
    log.info("the sink takes events again, sending {} that waited", parcels.size());
    probing = false;
    trouble = null;
    backoff = FIRST_BACKOFF;
    for (Parcel parcel : List.copyOf(parcels)) {
      send(parcel);
    }
  }

  /** Runs on the delivery thread, unless that has ended: then nobody is left to be told. */
  private void later(Runnable task, Duration delay) {
    try {
      thread.schedule(task, delay.toMillis(), TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      log.debug("delivery has ended", e);
    }
  }
}
