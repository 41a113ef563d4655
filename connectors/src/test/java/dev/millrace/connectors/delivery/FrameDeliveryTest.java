package dev.millrace.connectors.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.connectors.FramePosition;
import dev.millrace.connectors.FrameRecord;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.test.StepVerifier;

class FrameDeliveryTest {
  private final Credits credits = new Credits(10, 1000);
  private final FrameDelivery delivery = new FrameDelivery(credits, Runnable::run, Runnable::run);

  @Test
  void theBudgetIsSpentAtEitherLimitAndRestoredAtHalfOfBoth() {
    PartitionLedger ledger = delivery.open("t", 0, 0);
    ArrayDeque<FrameRecord> frames = new ArrayDeque<>();
    delivery.frames().subscribe(frames::add);
    for (int i = 0; i < 9; i++) {
      offer(ledger, i, 10);
    }
    assertThat(credits.spent()).isFalse();
    offer(ledger, 9, 10);
    assertThat(credits.spent()).isTrue();
    for (int i = 0; i < 5; i++) {
      assertThat(credits.restored()).isFalse();
      delivery.acknowledge(frames.removeFirst());
    }
    assertThat(credits.restored()).isTrue();
    offer(ledger, 10, 950);
    assertThat(credits.spent()).isTrue();
    assertThat(credits.restored()).isFalse();
  }

  @Test
  void whatWaitsCountsAgainstTheBudgetAndNotAsInFlight() {
    PartitionLedger ledger = delivery.open("t", 0, 0);
    offer(ledger, 0, 100);
    assertThat(credits.frames()).isEqualTo(1);
    assertThat(credits.bytes()).isEqualTo(100);
    assertThat(delivery.framesInFlight()).isZero();
    StepVerifier.create(delivery.frames(), 0)
        .thenRequest(1)
        .expectNextCount(1)
        .then(() -> assertThat(delivery.framesInFlight()).isEqualTo(1))
        .thenCancel()
        .verify();
  }

  @Test
  void partitionsTakeTurnsAndKeepTheirOrder() {
    PartitionLedger first = delivery.open("t", 0, 0);
    PartitionLedger second = delivery.open("t", 1, 0);
    for (int i = 0; i < 4; i++) {
      offer(first, i, 10);
    }
    offer(second, 0, 10);
    offer(second, 1, 10);
    StepVerifier.create(
            delivery.frames().map(f -> f.position().partition() + "-" + f.position().offset()), 6)
        .expectNext("0-0", "1-0", "0-1", "1-1", "0-2", "0-3")
        .thenCancel()
        .verify();
  }

  @Test
  void aWithdrawnPartitionsFramesAreDroppedUnlessTheyWereEmitted() {
    PartitionLedger gone = delivery.open("t", 0, 0);
    PartitionLedger stays = delivery.open("t", 1, 0);
    offer(gone, 0, 10);
    offer(gone, 1, 10);
    offer(stays, 0, 10);
    ArrayDeque<FrameRecord> frames = new ArrayDeque<>();
    StepVerifier.create(delivery.frames().doOnNext(frames::add), 1)
        .expectNextCount(1)
        .then(() -> delivery.withdraw(List.of(gone)))
        .then(() -> assertThat(credits.frames()).isEqualTo(2)) // one emitted, one of the other
        .thenRequest(5)
        .assertNext(frame -> assertThat(frame.position().partition()).isEqualTo(1))
        .thenCancel()
        .verify();
    assertThat(delivery.acknowledge(frames.getFirst())).isNull();
    assertThat(delivery.acknowledge(frames.getLast())).isSameAs(stays);
    assertThat(credits.frames()).isZero();
    assertThat(credits.bytes()).isZero();
    assertThat(delivery.framesInFlight()).isZero();
  }

  @Test
  void anAcknowledgementOfAnOlderEpochIsIgnored() {
    PartitionLedger first = delivery.open("t", 0, 0);
    offer(first, 0, 10);
    ArrayDeque<FrameRecord> frames = new ArrayDeque<>();
    Disposable flow = delivery.frames().subscribe(frames::add);
    delivery.withdraw(List.of(first));
    PartitionLedger second = delivery.open("t", 0, 0);
    offer(second, 0, 10);
    assertThat(frames).hasSize(2);
    delivery.acknowledge(frames.getFirst());
    assertThat(second.next()).isZero();
    delivery.acknowledge(frames.getLast());
    assertThat(second.next()).isEqualTo(1);
    flow.dispose();
  }

  @Test
  void waitingForAcknowledgementsEndsWithTheLastOrAtTheDeadline() throws Exception {
    PartitionLedger ledger = delivery.open("t", 0, 0);
    offer(ledger, 0, 10);
    ArrayDeque<FrameRecord> frames = new ArrayDeque<>();
    delivery.frames().subscribe(frames::add);
    delivery.withdraw(List.of(ledger));
    assertThat(ledger.awaitAcknowledged(System.nanoTime() + 1_000_000)).isFalse();
    ExecutorService other = Executors.newSingleThreadExecutor();
    try {
      CountDownLatch waiting = new CountDownLatch(1);
      var answer =
          other.submit(
              () -> {
                waiting.countDown();
                return ledger.awaitAcknowledged(System.nanoTime() + TimeUnit.SECONDS.toNanos(20));
              });
      waiting.await();
      delivery.acknowledge(frames.getFirst());
      assertThat(answer.get(20, TimeUnit.SECONDS)).isTrue();
      assertThat(ledger.next()).isEqualTo(1);
    } finally {
      other.shutdown();
    }
  }

  @Test
  void completeEmitsWhatWaitsAndStopDropsIt() {
    PartitionLedger ledger = delivery.open("t", 0, 0);
    offer(ledger, 0, 10);
    offer(ledger, 1, 10);
    StepVerifier.create(delivery.frames(), 1)
        .expectNextCount(1)
        .then(delivery::complete)
        .thenRequest(1)
        .expectNextCount(1)
        .verifyComplete();
    FrameDelivery stopped = new FrameDelivery(credits, Runnable::run, Runnable::run);
    PartitionLedger other = stopped.open("t", 0, 0);
    stopped.offer(other, frame(other, 0, 10));
    stopped.offer(other, frame(other, 1, 10));
    StepVerifier.create(stopped.frames(), 1)
        .expectNextCount(1)
        .then(stopped::stop)
        .verifyComplete();
    assertThat(other.next()).isZero();
  }

  @Test
  void anErrorEndsTheFrames() {
    StepVerifier.create(delivery.frames())
        .then(() -> delivery.fail(new IllegalStateException("broken")))
        .verifyErrorMessage("broken");
  }

  @Test
  void framesOfManyThreadsAreEmittedOneAtATime() throws Exception {
    FrameDelivery busy =
        new FrameDelivery(new Credits(1 << 20, 1 << 30), Runnable::run, Runnable::run);
    int threads = 4;
    int each = 2000;
    List<Integer> seen = new java.util.ArrayList<>(); // not thread-safe, on purpose
    busy.frames()
        .doOnNext(busy::acknowledge)
        .subscribe(frame -> seen.add(frame.position().partition()));
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    for (int t = 0; t < threads; t++) {
      PartitionLedger ledger = busy.open("t", t, 0);
      pool.execute(
          () -> {
            for (int i = 0; i < each; i++) {
              busy.offer(ledger, frame(ledger, i, 1));
              busy.pump();
            }
          });
    }
    pool.shutdown();
    assertThat(pool.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
    assertThat(seen).hasSize(threads * each);
    assertThat(busy.framesInFlight()).isZero();
  }

  private void offer(PartitionLedger ledger, long offset, int bytes) {
    delivery.offer(ledger, frame(ledger, offset, bytes));
    delivery.pump();
  }

  private static FrameRecord frame(PartitionLedger ledger, long offset, int bytes) {
    return new FrameRecord(
        new FramePosition(ledger.topic(), ledger.partition(), offset),
        ledger.epoch(),
        "c",
        new byte[bytes],
        Map.of(),
        Instant.EPOCH);
  }
}
