package dev.millrace.connectors.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.connectors.Await;
import dev.millrace.connectors.ConnectorException;
import dev.millrace.connectors.DeadLetterReason;
import dev.millrace.connectors.DetectionEvent;
import dev.millrace.connectors.EventSink;
import dev.millrace.connectors.Events;
import dev.millrace.connectors.FramePosition;
import dev.millrace.connectors.FrameRecord;
import dev.millrace.connectors.FrameSource;
import dev.millrace.connectors.format.DeadLetterHeaders;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** What only Kafka can do, on a real broker. */
@ExtendWith(SharedBroker.class)
class KafkaFlowTest {
  private static final Instant TAKEN = Instant.parse("2026-11-23T06:52:11.031Z");
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private KafkaRoom room;

  @BeforeEach
  void open() {
    room = new KafkaRoom(SharedBroker.bootstrapServers(), Map.of());
  }

  @AfterEach
  void close() {
    room.close();
  }

  @Test
  void aBoundedSourceEndsWhereTheTopicEndedAtTheStart() {
    publish(30);
    try (KafkaFrameSource source = new KafkaFrameSource(room.config(8, 1 << 20).bounded())) {
      List<FrameRecord> frames =
          source
              .frames()
              .doOnNext(
                  frame -> {
                    room.publish(0, "late", new byte[] {1}, TAKEN, Map.of());
                    source.acknowledge(frame);
                  })
              .collectList()
              .block(PATIENCE);
      assertThat(frames).hasSize(30).noneMatch(frame -> frame.camera().equals("late"));
    }
    assertThat(room.committed(0)).isEqualTo(10);
  }

  @Test
  void aBoundedSourceOfAnEmptyTopicEnds() {
    try (KafkaFrameSource source = new KafkaFrameSource(room.config(8, 1 << 20).bounded())) {
      assertThat(source.frames().collectList().block(PATIENCE)).isEmpty();
    }
  }

  @Test
  void instancesShareThePartitionsAndNothingIsLostWhenOneLeavesOrJoins() {
    Set<FramePosition> published = ConcurrentHashMap.newKeySet();
    Map<FramePosition, Integer> seen = new ConcurrentHashMap<>();
    FrameSource first = room.source(16, 1 << 20);
    FrameSource second = room.source(16, 1 << 20);
    consume(first, seen);
    published.addAll(publish(90));
    Await.until("some frames", () -> seen.size() > 10);
    consume(second, seen);
    published.addAll(publish(90));
    Await.until("all so far", () -> seen.keySet().containsAll(published));
    first.close();
    published.addAll(publish(90));
    Await.until("all", () -> seen.keySet().containsAll(published));
    second.close();
    assertThat(seen.keySet()).isEqualTo(published);
    // Every frame was acknowledged at once, so moving partitions doubled none.
    assertThat(seen.values()).allMatch(times -> times == 1);
    for (int partition = 0; partition < 3; partition++) {
      assertThat(room.committed(partition)).isEqualTo(90);
    }
  }

  /** A partition without a frame has an offset to begin at all the same. */
  @Test
  void whoBeginsAtTheEndLosesNothingWhileNobodyReads() {
    publish(3); // before the group: not for it
    KafkaSourceConfig plain = room.config(16, 1 << 20);
    KafkaSourceConfig latest =
        new KafkaSourceConfig(
            plain.bootstrapServers(),
            plain.topic(),
            plain.group(),
            "latest",
            null,
            null,
            null,
            null,
            null,
            null,
            plain.properties());
    Map<FramePosition, Integer> seen = new ConcurrentHashMap<>();
    FrameSource first = new KafkaFrameSource(latest);
    consume(first, seen);
    Set<FramePosition> published = new HashSet<>();
    Await.until(
        "a frame",
        () -> {
          published.add(room.publish(0, "c", new byte[] {1}, TAKEN, Map.of()));
          return !seen.isEmpty();
        });
    Await.until("offsets", () -> room.committed(1) == 1 && room.committed(2) == 1);
    first.close();
    Set<FramePosition> meanwhile = new HashSet<>(publish(30));
    FrameSource second = new KafkaFrameSource(latest);
    consume(second, seen);
    Await.until("all", () -> seen.keySet().containsAll(meanwhile));
    second.close();
    assertThat(partitions(seen)).containsExactlyInAnyOrder(0, 1, 2);
    assertThat(seen.values()).allMatch(times -> times == 1);
  }

  /** An instance that comes back under its name within its session gets its partitions back. */
  @Test
  void aStaticMemberThatComesBackTakesUpWhatItHad() {
    Map<FramePosition, Integer> elsewhere = new ConcurrentHashMap<>();
    Map<FramePosition, Integer> seen = new ConcurrentHashMap<>();
    FrameSource other = new KafkaFrameSource(named("other"));
    FrameSource source = new KafkaFrameSource(named("mine"));
    consume(other, elsewhere);
    consume(source, seen);
    Set<FramePosition> published = new HashSet<>();
    Await.until(
        "both have partitions",
        PATIENCE,
        () -> {
          published.addAll(publish(3));
          return !elsewhere.isEmpty() && !seen.isEmpty() && done(published, elsewhere, seen);
        });
    Set<Integer> mine = partitions(seen);
    source.close();
    elsewhere.clear(); // alone it had all of them
    seen.clear();
    Set<FramePosition> later = new HashSet<>(publish(30));
    Await.until(
        "the other's frames",
        PATIENCE,
        () ->
            later.stream()
                .filter(position -> !mine.contains(position.partition()))
                .allMatch(elsewhere::containsKey));
    assertThat(done(later, elsewhere, seen)).as("nobody has taken them over").isFalse();
    FrameSource again = new KafkaFrameSource(named("mine"));
    consume(again, seen);
    Await.until("all", PATIENCE, () -> done(later, elsewhere, seen));
    again.close();
    other.close();
    assertThat(partitions(seen)).isEqualTo(mine);
    assertThat(partitions(elsewhere)).doesNotContainAnyElementsOf(mine);
    assertThat(seen.values()).allMatch(times -> times == 1);
  }

  private KafkaSourceConfig named(String instance) {
    return room.config(16, 1 << 20)
        .withProperties(
            Map.of(
                "group.instance.id",
                instance,
                "partition.assignment.strategy",
                "org.apache.kafka.clients.consumer.RoundRobinAssignor"));
  }

  private static boolean done(
      Set<FramePosition> published,
      Map<FramePosition, Integer> here,
      Map<FramePosition, Integer> there) {
    return published.stream().allMatch(p -> here.containsKey(p) || there.containsKey(p));
  }

  private static Set<Integer> partitions(Map<FramePosition, Integer> seen) {
    return seen.keySet().stream().map(FramePosition::partition).collect(Collectors.toSet());
  }

  @Test
  void eventsAreCloudEventsInBinaryMode() {
    try (EventSink sink = room.sink()) {
      FrameRecord frame = Events.frame(new FramePosition("frames", 2, 8123), "gate-3", TAKEN);
      sink.publish(frame, Events.of(frame)).block(PATIENCE);
    }
    KafkaEventReader.Event event =
        room.reader().events(room.eventsTopic, ReadFrom.BEGINNING_TO_END).blockFirst(PATIENCE);
    assertThat(event.headers())
        .containsEntry("ce_specversion", "1.0")
        .containsEntry("ce_id", "frames-2-8123")
        .containsEntry("ce_type", "dev.millrace.detections.v1")
        .containsEntry("ce_source", "/millrace")
        .containsEntry("content-type", "application/json");
    assertThat(Instant.parse(event.headers().get("ce_time"))).isEqualTo(TAKEN);
    FrameRecord raw =
        room.reader().frames(room.eventsTopic, ReadFrom.BEGINNING_TO_END).blockFirst(PATIENCE);
    assertThat(raw.camera()).isEqualTo("gate-3");
  }

  @Test
  void anEventThatIsTooLargeBecomesADeadLetterOfItsFrame() {
    FrameRecord frame = Events.frame(new FramePosition("frames", 0, 5), "c".repeat(3000), TAKEN);
    try (EventSink sink = new KafkaEventSink(small(2000))) {
      sink.publish(frame, Events.of(frame)).block(PATIENCE);
    }
    KafkaEventReader.DeadLetter letter =
        room.reader()
            .deadLetters(room.lettersTopic, ReadFrom.BEGINNING_TO_END)
            .blockFirst(PATIENCE);
    assertThat(letter.frame().position()).isEqualTo(frame.position());
    assertThat(letter.reason().code()).isEqualTo(DeadLetterReason.UNDELIVERABLE);
    assertThat(letter.reason().message()).contains("2 detections").contains("max.request.size");
    assertThat(room.events()).isEmpty();
  }

  /** A mask of 643 characters each, about what a person of 300 pixels' width takes. */
  private static DetectionEvent withMasks(FrameRecord frame, int count) {
    DetectionEvent plain = Events.of(frame);
    DetectionEvent.Mask mask = new DetectionEvent.Mask(240, 320, "h3h3h3" + "0".repeat(637));
    return new DetectionEvent(
        plain.camera(),
        plain.frame(),
        plain.revision(),
        Collections.nCopies(
            count,
            new DetectionEvent.DetectedObject(
                List.of(0f, 120f, 320f, 240f), "dog", 1, 0.5f, null, mask, List.of(), Map.of())),
        plain.timings(),
        1);
  }

  /** Under the limit that brokers have when nobody raises it. */
  @Test
  void aHundredMasksFitIntoAnEventAndTwoThousandBecomeADeadLetter() {
    FrameRecord frame = Events.frame(new FramePosition("frames", 0, 5), "c", TAKEN);
    FrameRecord next = Events.frame(new FramePosition("frames", 0, 6), "c", TAKEN);
    try (EventSink sink = new KafkaEventSink(small(1 << 20))) {
      sink.publish(frame, withMasks(frame, 100)).block(PATIENCE);
      sink.publish(next, withMasks(next, 2000)).block(PATIENCE);
    }
    assertThat(room.events()).containsExactly(withMasks(frame, 100));
    assertThat(room.letters()).hasSize(1);
    assertThat(room.letters().get(0).position()).isEqualTo(next.position());
    assertThat(room.letters().get(0).reason().message()).contains("2000 detections");
  }

  @Test
  void anEventThatJsonCannotSayBecomesADeadLetterOfItsFrame() {
    FrameRecord frame = Events.frame(new FramePosition("frames", 0, 5), "c", TAKEN);
    DetectionEvent good = Events.of(frame);
    DetectionEvent bad =
        new DetectionEvent(
            "c",
            good.frame(),
            good.revision(),
            List.of(
                new DetectionEvent.DetectedObject(
                    List.of(0f, 0f, Float.NaN, 1f), "dog", 1, 0.5f, null)),
            good.timings(),
            1);
    try (EventSink sink = room.sink()) {
      sink.publish(frame, bad).block(PATIENCE);
    }
    assertThat(room.letters()).hasSize(1);
    assertThat(room.letters().get(0).reason().code()).isEqualTo(DeadLetterReason.UNDELIVERABLE);
    assertThat(room.letters().get(0).reason().message()).contains("NaN");
  }

  @Test
  void aDeadLetterThatIsTooLargeGoesWithoutItsBytes() {
    FrameRecord frame =
        new FrameRecord(
            new FramePosition("frames", 0, 5),
            1,
            "c",
            new byte[200_000],
            Map.of("millrace-reason", "forged"),
            TAKEN);
    try (EventSink sink = new KafkaEventSink(small(100_000))) {
      sink.deadLetter(frame, new DeadLetterReason("oversized", "Too large.")).block(PATIENCE);
    }
    KafkaEventReader.DeadLetter letter =
        room.reader()
            .deadLetters(room.lettersTopic, ReadFrom.BEGINNING_TO_END)
            .blockFirst(PATIENCE);
    assertThat(letter.omittedBytes()).isEqualTo(200_000);
    assertThat(letter.frame().value()).isEmpty();
    assertThat(letter.frame().position()).isEqualTo(frame.position());
    assertThat(letter.reason().code()).isEqualTo("oversized");
    assertThat(letter.frame().headers()).doesNotContainKey(DeadLetterHeaders.REASON);
  }

  @Test
  void aDeadLetterWhoseKeyOrHeadersAreTooLargeGoesWithoutThem() {
    FrameRecord longKey =
        new FrameRecord(
            new FramePosition("frames", 0, 5),
            1,
            "k".repeat(20_000),
            new byte[10],
            Map.of(),
            TAKEN);
    FrameRecord longHeader =
        new FrameRecord(
            new FramePosition("frames", 0, 6),
            1,
            "c",
            new byte[10],
            Map.of("x", "h".repeat(20_000)),
            TAKEN);
    try (EventSink sink = new KafkaEventSink(small(10_000))) {
      sink.deadLetter(longKey, new DeadLetterReason("undecodable", "m".repeat(20_000)))
          .block(PATIENCE);
      sink.deadLetter(longHeader, new DeadLetterReason("empty", "No value.")).block(PATIENCE);
    }
    List<KafkaEventReader.DeadLetter> letters =
        room.reader()
            .deadLetters(room.lettersTopic, ReadFrom.BEGINNING_TO_END)
            .collectList()
            .block(PATIENCE);
    assertThat(letters)
        .extracting(letter -> letter.frame().position())
        .containsExactly(longKey.position(), longHeader.position());
    for (KafkaEventReader.DeadLetter letter : letters) {
      assertThat(letter.omittedBytes()).isEqualTo(10);
      assertThat(letter.frame().camera()).isEmpty();
      assertThat(letter.frame().headers()).isEmpty();
    }
    assertThat(letters.get(0).reason().message()).startsWith("mmm").endsWith("...");
    assertThat(letters.get(1).reason()).isEqualTo(new DeadLetterReason("empty", "No value."));
    List<FrameRecord> raw =
        room.reader()
            .frames(room.lettersTopic, ReadFrom.BEGINNING_TO_END)
            .collectList()
            .block(PATIENCE);
    assertThat(raw)
        .allSatisfy(
            record ->
                assertThat(record.headers())
                    .containsEntry(DeadLetterHeaders.OMITTED_FIELDS, "key,headers"));
  }

  @Test
  void aPublisherSaysWhereItsFramesAre() {
    List<FramePosition> positions = new ArrayList<>();
    try (KafkaFramePublisher publisher =
        new KafkaFramePublisher(room.bootstrapServers, room.topic, Map.of())) {
      List<Mono<FramePosition>> answers = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        answers.add(publisher.send("gate", new byte[1000], TAKEN.plusMillis(i)));
      }
      positions.addAll(Flux.concat(answers).collectList().block(PATIENCE));
      assertThat(publisher.healthy()).isTrue();
    }
    List<FrameRecord> frames =
        room.reader().frames(room.topic, ReadFrom.BEGINNING_TO_END).collectList().block(PATIENCE);
    assertThat(frames).extracting(FrameRecord::position).isEqualTo(positions);
    assertThat(frames.get(19).capturedAt()).isEqualTo(TAKEN.plusMillis(19));
    assertThat(new HashSet<>(positions)).hasSize(20);
  }

  @Test
  void aReaderFromTheLatestSeesOnlyWhatComes() {
    publish(3);
    List<FrameRecord> seen = new CopyOnWriteArrayList<>();
    var flow = room.reader().frames(room.topic, ReadFrom.LATEST).subscribe(seen::add);
    Await.until(
        "a new frame",
        () -> {
          room.publish(0, "new", new byte[] {1}, TAKEN, Map.of());
          return !seen.isEmpty();
        });
    flow.dispose();
    assertThat(seen).allMatch(frame -> frame.camera().equals("new"));
  }

  @Test
  void topicsAreMadeOnceAndMissingOnesNamed() {
    try (KafkaTopics topics = new KafkaTopics(room.bootstrapServers, Map.of())) {
      topics.create(List.of(new KafkaTopics.Topic(room.topic, 5, 1)));
      assertThat(topics.names()).contains(room.topic);
      topics.require(List.of(room.topic));
      assertThatThrownBy(() -> topics.require(List.of(room.topic, "nobody")))
          .isInstanceOf(ConnectorException.class)
          .hasMessageContaining("there is no topic nobody.");
      assertThatThrownBy(() -> topics.create(List.of(new KafkaTopics.Topic("three-of-one", 1, 3))))
          .isInstanceOf(ConnectorException.class);
    }
    assertThatThrownBy(() -> room.reader().events("nobody", ReadFrom.LATEST).blockFirst(PATIENCE))
        .isInstanceOf(ConnectorException.class)
        .hasMessageContaining("nobody: there is no such topic");
  }

  private KafkaSinkConfig small(int maxRequestSize) {
    return KafkaSinkConfig.of(room.bootstrapServers, room.eventsTopic, room.lettersTopic)
        .withProperties(Map.of("max.request.size", Integer.toString(maxRequestSize)));
  }

  private Set<FramePosition> publish(int frames) {
    Set<FramePosition> positions = new HashSet<>();
    for (int i = 0; i < frames; i++) {
      positions.add(room.publish(i % 3, "c" + i % 3, new byte[] {1, 2}, TAKEN, Map.of()));
    }
    return positions;
  }

  private static void consume(FrameSource source, Map<FramePosition, Integer> seen) {
    source
        .frames()
        .subscribe(
            frame -> {
              seen.merge(frame.position(), 1, Integer::sum);
              source.acknowledge(frame);
            });
  }
}
