package dev.millrace.connectors.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.connectors.Await;
import dev.millrace.connectors.FrameRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetCommitCallback;
import org.apache.kafka.clients.consumer.RetriableCommitFailedException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.BaseSubscriber;
import reactor.test.StepVerifier;

/** Rebalances and failures, as scripted by Kafka's own mock. */
class PollLoopTest {
  private static final TopicPartition P0 = new TopicPartition("t", 0);
  private static final TopicPartition P1 = new TopicPartition("t", 1);

  /** Keeps every commit that came through, and fails some. */
  private static final class Recording extends MockConsumer<byte[], byte[]> {
    final List<Map<TopicPartition, OffsetAndMetadata>> commits = new CopyOnWriteArrayList<>();
    volatile int failures;
    volatile int notResumed;
    volatile int unknown;

    Recording() {
      super("earliest");
    }

    @Override
    public synchronized void commitAsync(
        Map<TopicPartition, OffsetAndMetadata> offsets, OffsetCommitCallback callback) {
      if (failures > 0) {
        failures--;
        callback.onComplete(offsets, new RetriableCommitFailedException("try again"));
        return;
      }
      commits.add(Map.copyOf(offsets));
      super.commitAsync(offsets, callback);
    }

    @Override
    public void commitSync(Map<TopicPartition, OffsetAndMetadata> offsets, Duration timeout) {
      commits.add(Map.copyOf(offsets));
      super.commitSync(offsets, timeout);
    }

    @Override
    public synchronized void resume(Collection<TopicPartition> partitions) {
      if (notResumed > 0) {
        notResumed--;
        throw new IllegalStateException("No current assignment for partition t-0");
      }
      super.resume(partitions);
    }

    @Override
    public synchronized Map<TopicPartition, OffsetAndMetadata> committed(
        Set<TopicPartition> partitions, Duration timeout) {
      if (unknown > 0) {
        unknown--;
        throw new TimeoutException("not now");
      }
      return super.committed(partitions, timeout);
    }

    long committed(TopicPartition partition) {
      long last = -1;
      for (Map<TopicPartition, OffsetAndMetadata> commit : commits) {
        OffsetAndMetadata offset = commit.get(partition);
        if (offset != null) {
          assertThat(offset.offset())
              .as("committed offsets never fall")
              .isGreaterThanOrEqualTo(last);
          last = offset.offset();
        }
      }
      return last;
    }
  }

  private final Recording consumer = new Recording();
  private final List<FrameRecord> frames = new CopyOnWriteArrayList<>();
  private final KafkaFrameSource source = open(8, Duration.ofMillis(100));

  private KafkaFrameSource open(int maxFrames, Duration drain) {
    return new KafkaFrameSource(
        KafkaSourceConfig.of("mock:1", "t", "g")
            .withBudget(maxFrames, 1 << 20)
            .withTimes(Duration.ofMillis(5), drain),
        () -> consumer);
  }

  @BeforeEach
  void topic() {
    consumer.updatePartitions(
        "t",
        List.of(
            new PartitionInfo("t", 0, null, null, null),
            new PartitionInfo("t", 1, null, null, null)));
    consumer.updateBeginningOffsets(new HashMap<>(Map.of(P0, 0L, P1, 0L)));
    consumer.updateEndOffsets(new HashMap<>(Map.of(P0, 0L, P1, 0L)));
  }

  @AfterEach
  void close() {
    source.close();
    assertThat(consumer.closed()).isTrue();
  }

  @Test
  void framesOfARevokedPartitionThatWereNotEmittedAreDropped() {
    Limited subscriber = subscribe(1);
    onPoll(() -> assign(P0, P1));
    onPoll(() -> records(P0, 0, 3));
    Await.until("a frame", () -> frames.size() == 1);
    onPoll(() -> assign(P1));
    onPoll(() -> records(P1, 0, 1));
    subscriber.request(10);
    Await.until("the other partition's frame", () -> frames.size() == 2);
    assertThat(frames.get(1).position().partition()).isEqualTo(1);
    assertThat(source.framesInFlight()).isEqualTo(2);
  }

  @Test
  void acknowledgementsOfAnEarlierAssignmentAreIgnored() {
    subscribe(Long.MAX_VALUE);
    onPoll(() -> assign(P0));
    onPoll(() -> records(P0, 0, 3));
    Await.until("3 frames", () -> frames.size() == 3);
    List<FrameRecord> old = List.copyOf(frames);
    onPoll(() -> assign(P1)); // nobody acknowledges: forgotten after the drain timeout
    onPoll(
        () -> {
          assign(P0);
          consumer.seek(P0, 0);
          records(P0, 0, 3);
        });
    Await.until("3 frames again", () -> frames.size() == 6);
    assertThat(frames.get(3).epoch()).isGreaterThan(frames.get(0).epoch());
    old.forEach(source::acknowledge);
    int turns = 3;
    for (int i = 0; i < turns; i++) {
      onPoll(() -> {});
    }
    assertThat(consumer.committed(P0)).isLessThanOrEqualTo(0);
    assertThat(source.framesInFlight()).isEqualTo(3);
    frames.subList(3, 6).forEach(source::acknowledge);
    Await.until("the commit", () -> consumer.committed(P0) == 3);
  }

  @Test
  void revocationWaitsForFramesInFlightAndCommitsThem() {
    KafkaFrameSource patient = open(8, Duration.ofSeconds(20));
    patient.frames().subscribe(frames::add);
    onPoll(() -> assign(P0));
    onPoll(() -> records(P0, 0, 2));
    Await.until("2 frames", () -> frames.size() == 2);
    CountDownLatch revoking = new CountDownLatch(1);
    consumer.schedulePollTask(
        () -> {
          revoking.countDown();
          assign(P1);
        });
    Await.until("revocation", () -> revoking.getCount() == 0);
    frames.forEach(patient::acknowledge);
    Await.until("the commit", () -> consumer.committed(P0) == 2);
    patient.close();
  }

  @Test
  void whatIsLostIsNotCommitted() {
    subscribe(Long.MAX_VALUE);
    onPoll(() -> assign(P0));
    onPoll(() -> records(P0, 0, 2));
    Await.until("2 frames", () -> frames.size() == 2);
    onPoll(() -> consumer.losePartitions(List.of(P0)));
    frames.forEach(source::acknowledge);
    assertThat(source.framesInFlight()).isZero();
    source.close();
    assertThat(consumer.committed(P0)).isLessThanOrEqualTo(0);
  }

  @Test
  void aFailedCommitIsTriedAgainAndNothingStaysPaused() {
    consumer.failures = 3;
    subscribe(Long.MAX_VALUE);
    onPoll(() -> assign(P0));
    int total = 40; // five times the budget
    for (int i = 0; i < total; i++) {
      int offset = i;
      onPoll(() -> records(P0, offset, 1));
      Await.until("frame " + offset, () -> frames.size() > offset);
      source.acknowledge(frames.get(offset));
    }
    Await.until("the commit", () -> consumer.committed(P0) == total);
    Await.until("nothing paused", () -> consumer.paused().isEmpty());
  }

  @Test
  void readingPausesShortlyPollsOnAndResumesAtHalf() {
    subscribe(Long.MAX_VALUE);
    onPoll(() -> assign(P0));
    onPoll(() -> records(P0, 0, 8));
    Await.until("8 frames", () -> frames.size() == 8);
    Await.until("the pause", () -> consumer.paused().contains(P0));
    Await.until("short polls", () -> consumer.lastPollTimeout().toMillis() <= 10);
    onPoll(() -> assign(P0, P1));
    Await.until("new partitions paused", () -> consumer.paused().contains(P1));
    onPoll(() -> {}); // polls on
    frames.subList(0, 3).forEach(source::acknowledge);
    onPoll(() -> {});
    onPoll(() -> {});
    assertThat(consumer.paused()).isNotEmpty();
    frames.forEach(source::acknowledge);
    Await.until("reading again", () -> consumer.paused().isEmpty());
  }

  @Test
  void troubleThatMayPassIsWaitedOut() {
    subscribe(Long.MAX_VALUE);
    onPoll(() -> assign(P0));
    Await.until("healthy", source::healthy);
    AuthorizationException refused = new TopicAuthorizationException(Set.of("t"));
    onPoll(() -> consumer.setPollException(refused));
    Await.until("trouble", () -> source.trouble() != null);
    assertThat(source.trouble()).contains("does not allow").contains("Grant");
    onPoll(() -> records(P0, 0, 1));
    Await.until("a frame", () -> frames.size() == 1);
    Await.until("no trouble", () -> source.trouble() == null);
  }

  @Test
  void aMissingTopicIsNamedAndWaitedFor() {
    consumer.updatePartitions("t", List.of());
    subscribe(Long.MAX_VALUE);
    Await.until("trouble", () -> source.trouble() != null);
    assertThat(source.trouble()).contains("t: there is no such topic on mock:1");
    assertThat(source.healthy()).isFalse();
    consumer.updatePartitions("t", List.of(new PartitionInfo("t", 0, null, null, null)));
    Await.until("subscription", () -> !consumer.subscription().isEmpty());
  }

  @Test
  void whatCannotPassEndsTheFramesInAnExplanation() {
    StepVerifier.create(source.frames())
        .then(
            () ->
                consumer.schedulePollTask(
                    () -> {
                      assign(P0);
                      consumer.setPollException(
                          new org.apache.kafka.clients.consumer.NoOffsetForPartitionException(P0));
                    }))
        .expectErrorSatisfies(
            error ->
                assertThat(error).hasMessageContaining("group g").hasMessageContaining("startFrom"))
        .verify(Duration.ofSeconds(20));
    assertThat(source.healthy()).isFalse();
  }

  @Test
  void lackOfMemoryEndsTheFramesAndIsSaid() {
    StepVerifier.create(source.frames())
        .then(
            () ->
                consumer.schedulePollTask(
                    () -> {
                      throw new OutOfMemoryError("Cannot reserve 50 bytes, as a test");
                    }))
        .expectErrorSatisfies(error -> assertThat(error).hasMessageContaining("OutOfMemoryError"))
        .verify(Duration.ofSeconds(20));
    assertThat(source.healthy()).isFalse();
    assertThat(source.trouble()).contains("Cannot reserve");
  }

  @Test
  void anAssignmentThatGoesWhileReadingIsPausedIsNoEnd() {
    subscribe(Long.MAX_VALUE);
    onPoll(() -> assign(P0));
    onPoll(() -> records(P0, 0, 8));
    Await.until("the pause", () -> consumer.paused().contains(P0));
    consumer.notResumed = 1;
    Await.until("8 frames", () -> frames.size() == 8);
    frames.forEach(source::acknowledge);
    Await.until("reading again", () -> consumer.paused().isEmpty());
    assertThat(consumer.notResumed).isZero();
  }

  @Test
  void whereReadingBeginsAtTheEndIsCommittedBeforeAFrameIsAnswered() {
    KafkaFrameSource latest =
        new KafkaFrameSource(
            new KafkaSourceConfig(
                "mock:1", "t", "g", "latest", null, 8, null, null, null, Duration.ZERO, null),
            () -> consumer);
    latest.frames().subscribe(frames::add);
    consumer.unknown = 1; // the first look-up fails: what was polled has to be polled again
    onPoll(
        () -> {
          assign(P0, P1);
          consumer.seek(P0, 5);
          consumer.seek(P1, 7);
          records(P0, 5, 2);
        });
    Await.until("a look-up that fails", () -> consumer.unknown == 0);
    onPoll(() -> records(P0, 5, 2));
    Await.until("2 frames", () -> frames.size() == 2);
    assertThat(frames.get(0).position().offset()).isEqualTo(5);
    assertThat(consumer.committed(P0)).isEqualTo(5);
    assertThat(consumer.committed(P1)).isEqualTo(7);
    latest.close();
  }

  @Test
  void aTopicMadeAnewIsReadFromItsNewOffsets() {
    subscribe(Long.MAX_VALUE);
    onPoll(() -> assign(P0));
    onPoll(
        () -> {
          consumer.seek(P0, 100);
          records(P0, 100, 2);
        });
    Await.until("2 frames", () -> frames.size() == 2);
    onPoll(
        () -> {
          consumer.seek(P0, 0);
          records(P0, 0, 2);
        });
    Await.until("4 frames", () -> frames.size() == 4);
    assertThat(frames.get(3).position().offset()).isEqualTo(1);
    frames.forEach(source::acknowledge);
    assertThat(source.framesInFlight()).isZero();
  }

  private Limited subscribe(long demand) {
    Limited subscriber = new Limited(demand);
    source.frames().subscribe(subscriber);
    return subscriber;
  }

  /** Runs on the poll thread, before a poll; returns once it has. */
  private void onPoll(Runnable task) {
    CountDownLatch done = new CountDownLatch(1);
    List<Throwable> failures = new ArrayList<>();
    consumer.schedulePollTask(
        () -> {
          try {
            task.run();
          } catch (Throwable e) {
            failures.add(e);
            throw e;
          } finally {
            done.countDown();
          }
        });
    Await.until("a poll", () -> done.getCount() == 0);
    assertThat(failures).isEmpty();
  }

  private void assign(TopicPartition... partitions) {
    consumer.rebalance(List.of(partitions));
  }

  private void records(TopicPartition partition, long offset, int count) {
    for (int i = 0; i < count; i++) {
      consumer.addRecord(
          new ConsumerRecord<>(
              partition.topic(),
              partition.partition(),
              offset + i,
              1L,
              TimestampType.CREATE_TIME,
              1,
              1,
              new byte[] {'c'},
              new byte[] {1},
              new RecordHeaders(),
              Optional.empty()));
    }
  }

  private final class Limited extends BaseSubscriber<FrameRecord> {
    private final long demand;

    Limited(long demand) {
      this.demand = demand;
    }

    @Override
    protected void hookOnSubscribe(org.reactivestreams.Subscription subscription) {
      subscription.request(demand);
    }

    @Override
    protected void hookOnNext(FrameRecord frame) {
      frames.add(frame);
    }

    @Override
    protected void hookOnError(Throwable error) {
      throw new KafkaException(error);
    }
  }
}
