package dev.millrace.connectors;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

/** What every source and sink must do; extend it for a new connector. */
public abstract class ConnectorContract {
  private static final Instant TAKEN = Instant.parse("2026-11-23T06:52:11.031Z");
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration A_WHILE = Duration.ofMillis(300);
  private Room room;

  protected abstract Room open();

  @BeforeEach
  void openRoom() {
    room = open();
  }

  @AfterEach
  void closeRoom() {
    room.close();
  }

  @Test
  void framesArriveWholeAndInOrderPerPartition() {
    for (int i = 0; i < 60; i++) {
      room.publish(
          i % 3, "cam-" + i % 3, ("frame " + i).getBytes(UTF_8), TAKEN.plusMillis(i), Map.of());
    }
    try (FrameSource source = room.source(16, 1 << 20)) {
      List<FrameRecord> frames = take(source, 60);
      assertThat(frames).hasSize(60);
      for (int partition = 0; partition < 3; partition++) {
        int wanted = partition;
        List<FrameRecord> of =
            frames.stream().filter(f -> f.position().partition() == wanted).toList();
        assertThat(of).hasSize(20);
        for (int i = 0; i < of.size(); i++) {
          int number = i * 3 + partition;
          assertThat(of.get(i).position().offset()).isEqualTo(i);
          assertThat(of.get(i).camera()).isEqualTo("cam-" + partition);
          assertThat(new String(of.get(i).value(), UTF_8)).isEqualTo("frame " + number);
          assertThat(of.get(i).capturedAt()).isEqualTo(TAKEN.plusMillis(number));
        }
      }
    }
  }

  @Test
  void headersAreText() {
    room.publish(0, "c", new byte[] {1}, TAKEN, Map.of("content-type", "image/jpeg", "x", "ü"));
    try (FrameSource source = room.source(4, 1 << 20)) {
      assertThat(take(source, 1).get(0).headers())
          .containsEntry("content-type", "image/jpeg")
          .containsEntry("x", "ü");
    }
  }

  @Test
  void aRecordWithoutBytesIsAFrameToo() {
    room.publish(0, "", new byte[0], TAKEN, Map.of());
    try (FrameSource source = room.source(4, 1 << 20)) {
      FrameRecord frame = take(source, 1).get(0);
      assertThat(frame.value()).isEmpty();
      assertThat(frame.camera()).isEmpty();
    }
  }

  @Test
  void onlyWhatIsContiguouslyAcknowledgedIsCommitted() {
    publish(0, 10);
    try (FrameSource source = room.source(16, 1 << 20)) {
      List<FrameRecord> frames = hold(source, 10);
      List<FrameRecord> others = new ArrayList<>(frames);
      FrameRecord gap = others.remove(3);
      Collections.shuffle(others, new Random(1));
      others.forEach(source::acknowledge);
      Await.until("offset 3", () -> room.committed(0) == 3);
      assertThat(source.framesInFlight()).isEqualTo(1);
      source.acknowledge(gap);
      Await.until("offset 10", () -> room.committed(0) == 10);
      assertThat(source.framesInFlight()).isZero();
      assertThat(source.bytesInFlight()).isZero();
    }
  }

  @Test
  void acknowledgingTwiceCountsOnce() {
    publish(0, 4);
    try (FrameSource source = room.source(16, 1 << 20)) {
      List<FrameRecord> frames = hold(source, 4);
      source.acknowledge(frames.get(0));
      source.acknowledge(frames.get(0));
      assertThat(source.framesInFlight()).isEqualTo(3);
      assertThat(source.bytesInFlight()).isEqualTo(3 * frames.get(1).value().length);
    }
    assertThat(room.committed(0)).isEqualTo(1);
  }

  @Test
  void whatACrashLeftComesAgain() {
    publish(0, 6);
    publish(1, 6);
    FrameSource crashed = room.source(16, 1 << 20);
    List<FrameRecord> frames = hold(crashed, 12);
    frames.stream().filter(f -> f.position().offset() < 2).forEach(crashed::acknowledge);
    frames.stream().filter(f -> f.position().offset() == 4).forEach(crashed::acknowledge);
    Await.until("offset 2", () -> room.committed(0) == 2 && room.committed(1) == 2);
    room.crash(crashed);
    try (FrameSource source = room.source(16, 1 << 20)) {
      assertThat(take(source, 8))
          .extracting(frame -> frame.position().offset())
          .containsExactlyInAnyOrder(2L, 2L, 3L, 3L, 4L, 4L, 5L, 5L);
      Await.until("the end", () -> room.committed(0) == 6 && room.committed(1) == 6);
    }
  }

  @Test
  void readingPausesAtTheFrameBudgetAndGoesOn() throws Throwable {
    publish(0, 50);
    publish(1, 50);
    try (FrameSource source = room.source(8, 1 << 30)) {
      List<FrameRecord> frames = new CopyOnWriteArrayList<>();
      Disposable flow = source.frames().subscribe(frames::add);
      Await.until("the budget is used", () -> source.framesInFlight() >= 8);
      Await.throughout(A_WHILE, () -> assertThat(source.framesInFlight()).isEqualTo(8));
      for (int done = 0; done < 100; done++) {
        int next = done;
        Await.until("frame " + next, () -> frames.size() > next);
        assertThat(source.framesInFlight()).isLessThanOrEqualTo(8);
        source.acknowledge(frames.get(next));
      }
      assertThat(frames).hasSize(100);
      flow.dispose();
    }
    assertThat(room.committed(0)).isEqualTo(50);
    assertThat(room.committed(1)).isEqualTo(50);
  }

  @Test
  void readingPausesAtTheByteBudgetAndGoesOn() throws Throwable {
    for (int i = 0; i < 40; i++) {
      room.publish(i % 3, "c", new byte[10_000], TAKEN, Map.of());
    }
    try (FrameSource source = room.source(64, 50_000)) {
      List<FrameRecord> frames = new CopyOnWriteArrayList<>();
      Disposable flow = source.frames().subscribe(frames::add);
      Await.until("the budget is used", () -> source.bytesInFlight() >= 50_000);
      Await.throughout(A_WHILE, () -> assertThat(source.bytesInFlight()).isEqualTo(50_000));
      for (int done = 0; done < 40; done++) {
        int next = done;
        Await.until("frame " + next, () -> frames.size() > next);
        assertThat(source.bytesInFlight()).isLessThanOrEqualTo(50_000);
        source.acknowledge(frames.get(next));
      }
      flow.dispose();
    }
  }

  @Test
  void aFrameLargerThanTheBudgetPassesAlone() {
    room.publish(0, "c", new byte[100_000], TAKEN, Map.of());
    room.publish(0, "c", new byte[100_000], TAKEN, Map.of());
    try (FrameSource source = room.source(4, 1000)) {
      assertThat(take(source, 2)).hasSize(2);
    }
  }

  @Test
  void demandIsHonoured() throws Throwable {
    publish(0, 20);
    try (FrameSource source = room.source(16, 1 << 20)) {
      List<FrameRecord> frames = new CopyOnWriteArrayList<>();
      BaseSubscriber<FrameRecord> subscriber =
          new BaseSubscriber<>() {
            @Override
            protected void hookOnSubscribe(org.reactivestreams.Subscription subscription) {
              subscription.request(3);
            }

            @Override
            protected void hookOnNext(FrameRecord frame) {
              frames.add(frame);
            }
          };
      source.frames().subscribe(subscriber);
      Await.until("3 frames", () -> frames.size() == 3);
      Await.throughout(A_WHILE, () -> assertThat(frames).hasSize(3));
      subscriber.request(2);
      Await.until("5 frames", () -> frames.size() == 5);
      assertThat(source.framesInFlight()).isEqualTo(5);
      subscriber.cancel();
    }
  }

  @Test
  void stopCompletesAndAcknowledgementsStillCount() {
    publish(0, 20);
    FrameSource source = room.source(16, 1 << 20);
    List<FrameRecord> frames = new CopyOnWriteArrayList<>();
    Flux<FrameRecord> two = source.frames().doOnNext(frames::add);
    StepVerifier.create(two, 2)
        .expectNextCount(2)
        .then(source::stop)
        .expectComplete()
        .verify(PATIENCE);
    frames.forEach(source::acknowledge);
    source.close();
    assertThat(room.committed(0)).isEqualTo(2);
    try (FrameSource next = room.source(16, 1 << 20)) {
      assertThat(take(next, 18)).hasSize(18);
    }
  }

  @Test
  void closeCompletesTheFrames() {
    publish(0, 2);
    FrameSource source = room.source(16, 1 << 20);
    StepVerifier.create(source.frames().doOnNext(source::acknowledge))
        .expectNextCount(2)
        .then(source::close)
        .expectComplete()
        .verify(PATIENCE);
    assertThat(source.healthy()).isFalse();
    assertThat(room.committed(0)).isEqualTo(2);
    source.close();
  }

  @Test
  void aSourceHasOneSubscriberAtATime() {
    publish(0, 1);
    try (FrameSource source = room.source(16, 1 << 20)) {
      Disposable first = source.frames().subscribe();
      StepVerifier.create(source.frames())
          .expectError(IllegalStateException.class)
          .verify(PATIENCE);
      first.dispose();
    }
  }

  @Test
  void aNewSubscriberGetsAgainWhatWasNotAcknowledged() {
    publish(0, 6);
    try (FrameSource source = room.source(16, 1 << 20)) {
      List<FrameRecord> first = new CopyOnWriteArrayList<>();
      Disposable flow = source.frames().subscribe(first::add);
      Await.until("6 frames", () -> first.size() == 6);
      source.acknowledge(first.get(0));
      flow.dispose();
      List<FrameRecord> second = new CopyOnWriteArrayList<>();
      Disposable again = source.frames().subscribe(second::add);
      Await.until("5 frames again", () -> second.size() == 5);
      assertThat(second.get(0).position().offset()).isEqualTo(1);
      assertThat(second.get(0).epoch()).isGreaterThan(first.get(0).epoch());
      first.forEach(source::acknowledge); // all stale now
      assertThat(source.framesInFlight()).isEqualTo(5);
      second.subList(0, 2).forEach(source::acknowledge);
      again.dispose();
      second.subList(2, 5).forEach(source::acknowledge);
    }
    assertThat(room.committed(0)).isEqualTo(6);
  }

  @Test
  void aNewSubscriberGetsEverythingInOrderAfterOneThatTookAFew() {
    publish(0, 6);
    try (FrameSource source = room.source(16, 1 << 20)) {
      for (int round = 0; round < 5; round++) {
        assertThat(source.frames().take(2).collectList().block(PATIENCE)).hasSize(2);
        assertThat(source.frames().take(6).collectList().block(PATIENCE))
            .extracting(frame -> frame.position().offset())
            .containsExactly(0L, 1L, 2L, 3L, 4L, 5L);
      }
    }
  }

  @Test
  void subscribersThatGoAndAcknowledgeNothingUseUpNoBudget() {
    publish(0, 20);
    try (FrameSource source = room.source(4, 1 << 20)) {
      for (int round = 0; round < 5; round++) {
        assertThat(source.frames().take(3).collectList().block(PATIENCE)).hasSize(3);
      }
      assertThat(take(source, 20))
          .extracting(frame -> frame.position().offset())
          .startsWith(0L, 1L)
          .endsWith(19L);
      Await.until("nothing in flight", () -> source.framesInFlight() == 0);
      assertThat(source.bytesInFlight()).isZero();
    }
  }

  @Test
  void framesThatComeLaterArrive() {
    try (FrameSource source = room.source(16, 1 << 20)) {
      List<FrameRecord> frames = new CopyOnWriteArrayList<>();
      Disposable flow = source.frames().doOnNext(source::acknowledge).subscribe(frames::add);
      publish(0, 1);
      Await.until("the first", () -> frames.size() == 1);
      Await.until("all well", source::healthy);
      publish(2, 1);
      Await.until("the second", () -> frames.size() == 2);
      flow.dispose();
    }
  }

  @Test
  void eventsArriveInOrderPerCamera() {
    Map<String, List<DetectionEvent>> sent = new HashMap<>();
    try (EventSink sink = room.sink()) {
      List<reactor.core.publisher.Mono<Void>> answers = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        String camera = "cam-" + i % 5;
        FrameRecord frame =
            Events.frame(new FramePosition("frames", i % 5, i / 5), camera, TAKEN.plusMillis(i));
        sent.computeIfAbsent(camera, c -> new ArrayList<>()).add(Events.of(frame));
        answers.add(sink.publish(frame, Events.of(frame)));
      }
      Flux.merge(answers).blockLast(PATIENCE);
      assertThat(sink.healthy()).isTrue();
    }
    List<DetectionEvent> found = room.events();
    assertThat(found).hasSize(200);
    sent.forEach(
        (camera, events) ->
            assertThat(found.stream().filter(e -> e.camera().equals(camera)).toList())
                .isEqualTo(events));
  }

  @Test
  void deadLettersKeepTheFrameAndSayWhy() {
    byte[] value = {1, 2, 3};
    FrameRecord frame =
        new FrameRecord(
            new FramePosition("frames", 2, 8123), 1, "gate", value, Map.of("a", "b"), TAKEN);
    DeadLetterReason reason = new DeadLetterReason("undecodable", "Expected JPEG, found 3 bytes.");
    try (EventSink sink = room.sink()) {
      sink.deadLetter(frame, reason).block(PATIENCE);
    }
    Room.Letter letter = room.letters().get(0);
    assertThat(letter.camera()).isEqualTo("gate");
    assertThat(letter.value()).isEqualTo(value);
    assertThat(letter.headers()).isEqualTo(Map.of("a", "b"));
    assertThat(letter.position()).isEqualTo(frame.position());
    assertThat(letter.reason()).isEqualTo(reason);
    assertThat(letter.capturedAt()).isEqualTo(TAKEN);
  }

  private void publish(int partition, int frames) {
    for (int i = 0; i < frames; i++) {
      room.publish(partition, "cam-" + partition, new byte[] {1, 2, 3}, TAKEN, Map.of());
    }
  }

  /** Acknowledges each. */
  private static List<FrameRecord> take(FrameSource source, int frames) {
    List<FrameRecord> taken =
        source.frames().doOnNext(source::acknowledge).take(frames).collectList().block(PATIENCE);
    return taken == null ? List.of() : taken;
  }

  /** Acknowledges none, and does not cancel. */
  private static List<FrameRecord> hold(FrameSource source, int frames) {
    List<FrameRecord> held = new CopyOnWriteArrayList<>();
    source.frames().subscribe(held::add);
    Await.until(frames + " frames", () -> held.size() == frames);
    return held;
  }
}
