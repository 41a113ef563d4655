package dev.millrace.connectors.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.connectors.Await;
import dev.millrace.connectors.ConnectorException;
import dev.millrace.connectors.DeadLetterReason;
import dev.millrace.connectors.Events;
import dev.millrace.connectors.FramePosition;
import dev.millrace.connectors.FrameRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Answers and offsets in transactions; extend it for another kind of broker. */
abstract class ExactlyOnceContract {
  private static final Instant TAKEN = Instant.parse("2026-11-23T06:52:11.031Z");
  private static final Duration LONG = Duration.ofSeconds(10);
  private static final Duration SHORT = Duration.ofMillis(50);
  private KafkaRoom room;

  abstract String bootstrapServers();

  /** Of the consumer. */
  Map<String, String> properties() {
    return Map.of();
  }

  @BeforeEach
  void open() {
    room = new KafkaRoom(bootstrapServers(), properties());
  }

  @AfterEach
  void close() {
    room.close();
  }

  private KafkaExactlyOnce both(Duration commitInterval, String instance, int maxRequestSize) {
    return both(
        commitInterval,
        Duration.ofSeconds(2),
        instance,
        Map.of("max.request.size", Integer.toString(maxRequestSize)));
  }

  private KafkaExactlyOnce both(
      Duration commitInterval, Duration drain, String instance, Map<String, String> producer) {
    KafkaSinkConfig sink =
        new KafkaSinkConfig(
            room.bootstrapServers,
            room.eventsTopic,
            room.lettersTopic,
            null,
            Duration.ofSeconds(5),
            instance,
            producer);
    return new KafkaExactlyOnce(room.config(64, 1 << 20).withTimes(commitInterval, drain), sink, 2);
  }

  /** An event for each frame; a dead letter for one without a value. */
  private static Disposable relay(KafkaExactlyOnce both) {
    return both.source()
        .frames()
        .flatMap(
            frame -> answer(both, frame).doOnSuccess(done -> both.source().acknowledge(frame)), 256)
        .subscribe();
  }

  private static Mono<Void> answer(KafkaExactlyOnce both, FrameRecord frame) {
    return frame.value().length == 0
        ? both.sink().deadLetter(frame, new DeadLetterReason(DeadLetterReason.EMPTY, "No value."))
        : both.sink().publish(frame, Events.of(frame));
  }

  private static void close(KafkaExactlyOnce both) {
    both.sink().close();
    both.source().close();
  }

  private List<FramePosition> publish(int from, int to) {
    List<FramePosition> positions = new ArrayList<>();
    for (int i = from; i < to; i++) {
      byte[] value = i % 10 == 9 ? new byte[0] : new byte[] {1, 2};
      positions.add(room.publish(i % 3, "c" + i % 3, value, TAKEN.plusMillis(i), Map.of()));
    }
    return positions;
  }

  /** What answers are there, and whether those of each partition are in the order of its frames. */
  private List<FramePosition> answered() {
    List<FramePosition> answered = new ArrayList<>();
    room.events().forEach(event -> answered.add(event.frame().position()));
    for (int partition = 0; partition < 3; partition++) {
      int of = partition;
      assertThat(answered.stream().filter(p -> p.partition() == of).map(FramePosition::offset))
          .isSorted();
    }
    room.letters().forEach(letter -> answered.add(letter.position()));
    return answered;
  }

  private int uncommittedEvents() {
    return Objects.requireNonNull(
            new KafkaEventReader(
                    room.bootstrapServers, Map.of("isolation.level", "read_uncommitted"))
                .events(room.eventsTopic, ReadFrom.BEGINNING_TO_END)
                .collectList()
                .block(Duration.ofSeconds(30)))
        .size();
  }

  @Test
  void everyFrameIsAnsweredOnceAndItsOffsetCommittedWithIt() {
    List<FramePosition> published = publish(0, 300);
    KafkaExactlyOnce both = both(SHORT, null, 1 << 20);
    relay(both);
    Await.until("all answers", () -> answered().size() >= 300);
    Await.until("nothing in flight", () -> both.source().framesInFlight() == 0);
    assertThat(both.sink().healthy()).isTrue();
    close(both);
    assertThat(answered()).containsExactlyInAnyOrderElementsOf(published);
    for (int partition = 0; partition < 3; partition++) {
      assertThat(room.committed(partition)).isEqualTo(100);
    }
  }

  @Test
  void nothingIsReadAndNoOffsetCommittedBeforeTheTransaction() {
    publish(0, 30); // fewer than a transaction takes
    KafkaExactlyOnce both = both(LONG, null, 1 << 20);
    relay(both);
    Await.until("events of an open transaction", () -> uncommittedEvents() == 27);
    assertThat(room.events()).isEmpty();
    assertThat(room.committed(0)).isZero();
    assertThat(both.source().framesInFlight()).isEqualTo(30);
    close(both); // commits what it has
    assertThat(answered()).hasSize(30);
    assertThat(room.committed(0)).isEqualTo(10);
  }

  @Test
  void aTransactionIsCommittedOnceItHasEnoughAnswers() {
    publish(0, 60);
    KafkaExactlyOnce both = both(LONG, null, 1 << 20);
    relay(both);
    // Of the lane of partitions 0 and 2; the other has fewer.
    Await.until("a transaction of 32", () -> room.committed(0) + room.committed(2) == 32);
    assertThat(room.committed(1)).isZero();
    close(both);
    assertThat(answered()).hasSize(60);
  }

  @Test
  void whoeverIsFencedReadsAgainFromWhatIsCommitted() {
    KafkaExactlyOnce both = both(SHORT, "one", 1 << 20);
    relay(both);
    List<FramePosition> published = new ArrayList<>(publish(0, 60));
    Await.until("the first answers", () -> answered().size() >= 60);
    for (int lane = 0; lane < 2; lane++) {
      try (KafkaProducer<byte[], byte[]> rival =
          new KafkaProducer<>(
              Map.of(
                  "bootstrap.servers",
                  room.bootstrapServers,
                  "transactional.id",
                  "millrace-group-" + room.id + "-one-" + lane),
              new ByteArraySerializer(),
              new ByteArraySerializer())) {
        rival.initTransactions();
      }
      published.addAll(publish(60 + 60 * lane, 120 + 60 * lane));
    }
    Await.until("all answers", () -> answered().size() >= published.size());
    close(both);
    assertThat(answered()).containsExactlyInAnyOrderElementsOf(published);
  }

  @Test
  void instancesThatComeAndGoAnswerEveryFrameOnce() {
    List<FramePosition> published = new ArrayList<>(publish(0, 60));
    KafkaExactlyOnce first = both(SHORT, null, 1 << 20);
    relay(first);
    Await.until("some answers", () -> answered().size() > 10);
    KafkaExactlyOnce second = both(SHORT, null, 1 << 20);
    relay(second);
    for (int i = 1; i < 6; i++) {
      published.addAll(publish(60 * i, 60 * i + 60));
    }
    close(first);
    published.addAll(publish(360, 420));
    Await.until("all answers", () -> answered().size() >= published.size());
    close(second);
    assertThat(answered()).containsExactlyInAnyOrderElementsOf(published);
  }

  /** Cooperative groups are a generation further when they take a partition away. */
  @Test
  void whatIsInFlightOfAPartitionThatIsTakenAwayIsCommittedAndNotWaitedFor() {
    Duration longerThanThisTest = Duration.ofMinutes(4);
    KafkaExactlyOnce first = both(SHORT, longerThanThisTest, "a", Map.of());
    relay(first);
    List<FramePosition> published = Collections.synchronizedList(new ArrayList<>());
    AtomicBoolean enough = new AtomicBoolean();
    Disposable cameras =
        Flux.interval(Duration.ofMillis(3))
            .onBackpressureDrop()
            .takeUntil(i -> enough.get())
            .doOnNext(i -> published.addAll(publish(i.intValue(), i.intValue() + 1)))
            .subscribe();
    Await.until("some answers", () -> answered().size() > 30);
    KafkaExactlyOnce second = both(SHORT, longerThanThisTest, "b", Map.of());
    AtomicInteger there = new AtomicInteger();
    second
        .source()
        .frames()
        .doOnNext(frame -> there.incrementAndGet())
        .flatMap(
            frame -> answer(second, frame).doOnSuccess(done -> second.source().acknowledge(frame)),
            256)
        .subscribe();
    Await.until("frames at the other one", () -> there.get() > 20);
    enough.set(true);
    Await.until("the last frame", cameras::isDisposed);
    Await.until("all answers", () -> answered().size() >= published.size());
    Await.until(
        "nothing in flight",
        () -> first.source().framesInFlight() + second.source().framesInFlight() == 0);
    close(first);
    close(second);
    assertThat(answered()).containsExactlyInAnyOrderElementsOf(published);
  }

  @Test
  void aProducerThatCannotBeIsRefusedAtTheStart() {
    assertThatThrownBy(() -> both(SHORT, LONG, null, Map.of("compression.type", "gzipp")))
        .isInstanceOf(ConnectorException.class)
        .hasMessageContaining("gzipp");
    assertThatThrownBy(() -> both(SHORT, LONG, null, Map.of("transaction.timeout.ms", "soon")))
        .isInstanceOf(ConnectorException.class)
        .hasMessageContaining("transaction.timeout.ms");
  }

  @Test
  void anEventThatIsTooLargeIsADeadLetterInItsPlace() {
    List<FramePosition> published = publish(0, 3);
    published.add(room.publish(0, "c".repeat(3000), new byte[] {1}, TAKEN, Map.of()));
    published.addAll(publish(3, 9));
    KafkaExactlyOnce both = both(SHORT, null, 2000);
    relay(both);
    Await.until("all answers", () -> answered().size() >= published.size());
    close(both);
    assertThat(answered()).containsExactlyInAnyOrderElementsOf(published);
    assertThat(room.letters()).hasSize(1);
    assertThat(room.letters().get(0).reason().code()).isEqualTo(DeadLetterReason.UNDELIVERABLE);
    assertThat(room.committed(0)).isEqualTo(4);
  }

  @Test
  void transactionsThatWouldTimeOutBeforeTheyAreCommittedAreRefused() {
    assertThatThrownBy(() -> both(Duration.ofSeconds(30), null, 1 << 20))
        .isInstanceOf(ConnectorException.class)
        .hasMessageContaining("source.commitInterval")
        .hasMessageContaining("PT30S")
        .hasMessageContaining("transaction.timeout.ms");
  }

  @Test
  void framesAndEventsOnDifferentBrokersAreRefused() {
    assertThatThrownBy(
            () ->
                new KafkaExactlyOnce(
                    room.config(8, 1 << 20), KafkaSinkConfig.of("other:9092", "e", "d"), 1))
        .isInstanceOf(ConnectorException.class)
        .hasMessageContaining("sink.bootstrapServers")
        .hasMessageContaining("other:9092");
  }
}
