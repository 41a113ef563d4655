package dev.millrace.pipeline.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.connectors.DeadLetterReason;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;
import reactor.test.publisher.TestPublisher;
import reactor.test.scheduler.VirtualTimeScheduler;

class AdaptiveBatcherTest {

  private final VirtualTimeScheduler time = VirtualTimeScheduler.create();
  private final TestPublisher<Decoded> frames = TestPublisher.create();
  private final AtomicInteger onTheWay = new AtomicInteger();
  private int next;

  @AfterEach
  void disposeTime() {
    time.dispose();
  }

  private Flux<List<Long>> batches(int maxBatch, Duration maxDelay) {
    return new AdaptiveBatcher(
            frames.flux(), new FlowSettings(1, maxBatch, maxDelay), onTheWay, time)
        .map(b -> b.items().stream().map(i -> i.record().position().offset()).toList());
  }

  private Decoded frame(int partition, int width) {
    var record = FakeSource.frame(partition, next++, width + "x1:0");
    return new DecodedFrame(record, Rig.decode(record), null, 0, 0);
  }

  /** A frame of its own partition arrives. */
  private void arrives(int width) {
    onTheWay.incrementAndGet();
    frames.next(frame(next, width));
  }

  @Test
  void anIdleLaneGetsALoneFrameAtOnce() {
    StepVerifier.create(batches(8, Duration.ofSeconds(1)), 1)
        .then(() -> arrives(4))
        .expectNext(List.of(0L))
        .thenCancel()
        .verify();
  }

  @Test
  void aBusyLaneGetsWhatGatheredMeanwhile() {
    StepVerifier.create(batches(4, Duration.ofSeconds(1)), 0)
        .then(
            () -> {
              for (int i = 0; i < 6; i++) {
                arrives(4);
              }
            })
        .thenRequest(1)
        .expectNext(List.of(0L, 1L, 2L, 3L))
        .thenRequest(1)
        .expectNext(List.of(4L, 5L))
        .thenCancel()
        .verify();
  }

  @Test
  void anIdleLaneWaitsForFramesOnTheirWay() {
    onTheWay.set(2);
    StepVerifier.create(batches(8, Duration.ofSeconds(1)), 1)
        .then(() -> arrives(4))
        .then(() -> time.advanceTimeBy(Duration.ofMillis(999)))
        .expectNoEvent(Duration.ofMillis(1))
        .then(() -> time.advanceTimeBy(Duration.ofMillis(1)))
        .expectNext(List.of(0L))
        .thenCancel()
        .verify();
  }

  @Test
  void theWaitEndsWhenTheLastOneOnTheWayArrives() {
    onTheWay.set(1);
    StepVerifier.create(batches(8, Duration.ofHours(1)), 1)
        .then(() -> arrives(4))
        .then(() -> frames.next(frame(1, 4)))
        .expectNext(List.of(0L, 1L))
        .thenCancel()
        .verify();
  }

  @Test
  void theWaitEndsWhenTheBatchIsFull() {
    onTheWay.set(10);
    StepVerifier.create(batches(2, Duration.ofHours(1)), 1)
        .then(() -> arrives(4))
        .then(() -> arrives(4))
        .expectNext(List.of(0L, 1L))
        .thenCancel()
        .verify();
  }

  @Test
  void aBatchHasOneSizeAndFramesOfOnePartitionNeverOvertake() {
    StepVerifier.create(batches(8, Duration.ZERO), 0)
        .then(
            () ->
                frames.next(
                    frame(0, 4), // 0
                    frame(1, 5), // 1: another size, waits
                    frame(0, 4), // 2
                    frame(1, 4), // 3: fits, but must not overtake 1
                    frame(0, 5), // 4: another size, waits
                    frame(2, 4))) // 5
        .thenRequest(1)
        .expectNext(List.of(0L, 2L, 5L))
        .thenRequest(1)
        .expectNext(List.of(1L, 4L))
        .thenRequest(1)
        .expectNext(List.of(3L))
        .thenCancel()
        .verify();
  }

  @Test
  void rejectedFramesRideAlongInTheirPlace() {
    StepVerifier.create(batches(8, Duration.ZERO), 0)
        .then(
            () -> {
              frames.next(frame(0, 4));
              var record = FakeSource.frame(0, next++, "bad");
              frames.next(new Rejected(record, new DeadLetterReason("undecodable", "bad")));
              frames.next(frame(0, 4));
            })
        .thenRequest(1)
        .expectNext(List.of(0L, 1L, 2L))
        .thenCancel()
        .verify();
  }

  @Test
  void whatWaitsIsGivenBeforeTheEnd() {
    onTheWay.set(5);
    StepVerifier.create(batches(2, Duration.ofHours(1)), 0)
        .then(
            () -> {
              frames.next(frame(0, 4), frame(0, 4), frame(0, 4));
              frames.error(new IllegalStateException("gone"));
            })
        .thenRequest(1)
        .expectNext(List.of(0L, 1L))
        .thenRequest(1)
        .expectNext(List.of(2L))
        .verifyErrorMessage("gone");
  }

  @Test
  void asksForNoMoreThanItsWindow() {
    StepVerifier.create(batches(3, Duration.ZERO), 0)
        .then(() -> frames.assertMinRequested(6))
        .then(() -> assertThat(frames.wasRequested()).isTrue())
        .then(() -> frames.assertMaxRequested(6))
        .thenCancel()
        .verify();
    frames.assertCancelled();
  }
}
