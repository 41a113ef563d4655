package dev.millrace.pipeline.stream;

import dev.millrace.connectors.DeadLetterReason;
import dev.millrace.connectors.DetectionEvent;
import dev.millrace.connectors.EventSink;
import dev.millrace.connectors.FramePosition;
import dev.millrace.connectors.FrameRecord;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** Keeps what it gets in the order in which it became safe, which is on a thread of its own. */
public final class FakeSink implements EventSink {

  private final Scheduler broker = Schedulers.newSingle("fake-broker", true);
  public final List<DetectionEvent> events = Collections.synchronizedList(new ArrayList<>());
  final Map<FramePosition, DeadLetterReason> dead =
      Collections.synchronizedMap(new LinkedHashMap<>());

  volatile boolean away;
  volatile boolean stuck;
  volatile int maxMicros;

  @Override
  public Mono<Void> publish(FrameRecord frame, DetectionEvent event) {
    return onBroker(() -> events.add(event));
  }

  @Override
  public Mono<Void> deadLetter(FrameRecord frame, DeadLetterReason reason) {
    return onBroker(() -> dead.put(frame.position(), reason));
  }

  private Mono<Void> onBroker(Runnable keep) {
    return Mono.create(
        receipt -> {
          // What was sent to a broker that is away does not arrive because it comes back: an
          // idempotent
          // producer would not let it overtake what failed before it.
          boolean lost = away;
          broker.schedule(
              () -> {
                if (stuck) {
                  return;
                }
                if (lost || away) {
                  receipt.error(new IllegalStateException("the broker is away"));
                  return;
                }
                pause();
                keep.run();
                receipt.success();
              });
        });
  }

  private void pause() {
    if (maxMicros > 0) {
      long nanos = TimeUnit.MICROSECONDS.toNanos(ThreadLocalRandom.current().nextInt(maxMicros));
      java.util.concurrent.locks.LockSupport.parkNanos(nanos);
    }
  }

  List<Long> offsets(int partition) {
    synchronized (events) {
      return events.stream()
          .filter(e -> e.frame().partition() == partition)
          .map(e -> e.frame().offset())
          .toList();
    }
  }

  @Override
  public boolean healthy() {
    return !away;
  }

  @Override
  public String trouble() {
    return away ? "the broker is on holiday" : null;
  }

  @Override
  public void close() {
    broker.dispose();
  }
}
