package dev.millrace.pipeline.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.components.modeling.DeviceLostException;
import dev.millrace.components.modeling.InputImage;
import dev.millrace.connectors.FramePosition;
import dev.millrace.connectors.FrameRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FramePipelineTest {

  private static final FlowSettings SETTINGS = new FlowSettings(3, 4, Duration.ofMillis(2));

  private static FakeDetector quick(FakeDetector.Count count) {
    return new FakeDetector(count, frames -> {});
  }

  /** Frames of random sizes on random partitions; some undecodable, some that fail in the model. */
  private static List<FrameRecord> anyFrames(Random random, int frames) {
    Map<Integer, Long> offsets = new HashMap<>();
    List<FrameRecord> all = new ArrayList<>();
    for (int i = 0; i < frames; i++) {
      int partition = random.nextInt(5);
      long offset = offsets.merge(partition, 1L + random.nextInt(3), Long::sum);
      int size = 2 + random.nextInt(2);
      String text =
          switch (random.nextInt(12)) {
            case 0 -> "bad";
            case 1 -> size + "x4:" + FakeDetector.POISON;
            default -> size + "x4:" + random.nextInt(90);
          };
      all.add(FakeSource.frame(partition, offset, text));
    }
    return all;
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void everyFrameLeavesOnceAndInOrder(long seed) {
    Random random = new Random(seed);
    int lanes = 1 + random.nextInt(3);
    FlowSettings settings =
        new FlowSettings(
            1 + random.nextInt(4), 1 + random.nextInt(6), Duration.ofMillis(random.nextInt(3)));
    List<FrameRecord> frames = anyFrames(random, 1500);
    FlowObserver uneven =
        new FlowObserver() {
          @Override
          public void decoded(Decoded frame, long nanos) {
            LockSupport.parkNanos(Math.abs(frame.record().position().hashCode() * 7919L) % 300_000);
          }
        };
    try (Rig rig = new Rig(lanes, settings, FramePipelineTest::quick, uneven)) {
      rig.sink.maxMicros = 50;
      rig.source.pushAll(frames);
      rig.finish();

      Map<Integer, List<Long>> good = new HashMap<>();
      Set<String> bad = new TreeSet<>();
      for (FrameRecord frame : frames) {
        String text = new String(frame.value(), java.nio.charset.StandardCharsets.US_ASCII);
        var position = frame.position();
        if (text.equals("bad")) {
          bad.add(position + " undecodable");
        } else if (text.endsWith(":" + FakeDetector.POISON)) {
          bad.add(position + " processing-failed");
        } else {
          good.computeIfAbsent(position.partition(), p -> new ArrayList<>()).add(position.offset());
        }
      }
      good.forEach(
          (partition, offsets) -> assertThat(rig.sink.offsets(partition)).isEqualTo(offsets));
      Set<String> dead = new TreeSet<>();
      rig.sink.dead.forEach((position, reason) -> dead.add(position + " " + reason.code()));
      assertThat(dead).isEqualTo(bad);
      assertThat(rig.sink.events).hasSize(frames.size() - bad.size());
      assertThat(rig.source.acknowledged)
          .containsExactlyInAnyOrderElementsOf(frames.stream().map(FrameRecord::position).toList());
      assertThat(rig.sink.events)
          .allSatisfy(e -> assertThat(e.batchSize()).isBetween(1, settings.maxBatch()));
    }
  }

  @Test
  void anEventSaysWhatWasSeenWhereAndWhen() {
    try (Rig rig = new Rig(1, SETTINGS, FramePipelineTest::quick)) {
      rig.source.push(FakeSource.frame(2, 41, "5x3:7"));
      rig.finish();
      var event = rig.sink.events.get(0);
      assertThat(event.camera()).isEqualTo("camera-2");
      assertThat(event.frame().position()).isEqualTo(new FramePosition("frames", 2, 41));
      assertThat(event.frame().width()).isEqualTo(5);
      assertThat(event.frame().height()).isEqualTo(3);
      assertThat(event.revision()).isEqualTo(Rig.revision(1));
      assertThat(event.detections().get(0).classId()).isEqualTo(7);
      assertThat(event.batchSize()).isEqualTo(1);
    }
  }

  @Test
  void theCulpritAloneIsRejectedAndItsBatchMatesAreDelivered() {
    CountDownLatch gate = new CountDownLatch(1);
    List<Integer> attempts = new ArrayList<>();
    try (Rig rig =
        new Rig(
            1,
            new FlowSettings(1, 8, Duration.ZERO),
            count ->
                new FakeDetector(
                    count,
                    frames -> {
                      waitFor(gate);
                      attempts.add(frames.size());
                    }))) {
      rig.source.push(0, "2x2:0"); // occupies the lane while the others gather
      Rig.await("the lane to be busy", () -> rig.source.framesInFlight() == 1);
      for (int i = 1; i <= 8; i++) {
        rig.source.push(0, "2x2:" + (i == 6 ? FakeDetector.POISON : i));
      }
      Rig.await("all to be decoded", () -> rig.lanes.get(0).onTheWay().get() == 0);
      gate.countDown();
      rig.finish();
      assertThat(rig.sink.offsets(0)).containsExactly(0L, 1L, 2L, 3L, 4L, 5L, 7L, 8L);
      assertThat(rig.sink.dead).containsOnlyKeys(new FramePosition("frames", 0, 6));
      assertThat(rig.sink.dead.values().iterator().next().message()).contains("poison");
      assertThat(attempts).containsExactly(1, 8, 4, 4, 2, 1, 1, 2);
    }
  }

  @Test
  void aFrameThatThePreprocessorRefusesBecomesADeadLetterAndBlocksNothing() {
    try (Rig rig = new Rig(1, SETTINGS, FramePipelineTest::quick)) {
      rig.source.push(0, "2x2:1");
      rig.source.push(0, "2x2:" + FakeDetector.UNPREPARABLE);
      rig.source.push(0, "2x2:1");
      rig.finish();
      assertThat(rig.sink.offsets(0)).containsExactly(0L, 2L);
      assertThat(rig.sink.dead.get(new FramePosition("frames", 0, 1)).code())
          .isEqualTo("processing-failed");
      assertThat(rig.source.acknowledged).hasSize(3);
    }
  }

  @Test
  void aFramePreparedForAModelThatIsGoneIsPreparedAgain() {
    CountDownLatch gate = new CountDownLatch(1);
    try (Rig rig =
        new Rig(
            1,
            new FlowSettings(1, 1, Duration.ZERO),
            count -> new FakeDetector(count, frames -> waitFor(gate)))) {
      for (int i = 0; i < 3; i++) {
        rig.source.push(0, "2x2:1");
      }
      Rig.await("all to be decoded", () -> rig.lanes.get(0).onTheWay().get() == 0);
      var next = new LaneModel(Rig.revision(2), quick(rig.count));
      var before = rig.lanes.get(0).switchTo(next).toFuture();
      gate.countDown();
      rig.lanes.get(0).close(before.join().detector()).block();
      rig.finish();
      assertThat(rig.sink.offsets(0)).containsExactly(0L, 1L, 2L);
      assertThat(rig.sink.events).extracting(e -> e.revision().id()).contains(2L);
      assertThat(rig.count.violations).isEmpty();
    }
  }

  @Test
  void aResultThatIsNoNumberBecomesADeadLetterAndBlocksNothing() {
    try (Rig rig = new Rig(1, SETTINGS, FramePipelineTest::quick)) {
      rig.source.push(0, "2x2:1");
      rig.source.push(0, "2x2:" + FakeDetector.NOT_A_NUMBER);
      rig.source.push(0, "2x2:1");
      rig.finish();
      assertThat(rig.sink.offsets(0)).containsExactly(0L, 2L);
      assertThat(rig.sink.dead.get(new FramePosition("frames", 0, 1)).message()).contains("NaN");
      assertThat(rig.source.acknowledged).hasSize(3);
    }
  }

  /** Of one frame that a component overflows the stack at, or for which it lacks a class. */
  @Test
  void anErrorOfOneFrameIsItsDeadLetterAndNoEnd() {
    Map<Byte, Error> errors =
        Map.of(
            (byte) 50, new StackOverflowError(),
            (byte) 51, new NoClassDefFoundError("com/example/Rare"),
            (byte) 52, new AssertionError("a plugin's"));
    Consumer<List<InputImage>> work =
        images ->
            images.forEach(
                image -> {
                  Error error = errors.get(image.pixels()[0]);
                  if (error != null) {
                    throw error;
                  }
                });
    try (Rig rig = new Rig(1, SETTINGS, count -> new FakeDetector(count, work))) {
      for (int value : new int[] {1, 50, 1, 51, 52, 1}) {
        rig.source.push(0, "2x2:" + value);
      }
      rig.finish();
      assertThat(rig.sink.offsets(0)).containsExactly(0L, 2L, 5L);
      assertThat(rig.sink.dead.get(new FramePosition("frames", 0, 3)).message())
          .contains("com/example/Rare");
      assertThat(rig.source.acknowledged).hasSize(6);
    }
  }

  @Test
  void lackOfMemoryEndsTheFlowAndAcknowledgesNothing() {
    endsWithoutAnAnswer(
        frames -> {
          throw new OutOfMemoryError("as a test");
        },
        "OutOfMemoryError");
  }

  @Test
  void aLostDeviceEndsTheFlowAndAcknowledgesNothing() {
    endsWithoutAnAnswer(
        frames -> {
          throw new DeviceLostException("CUDA failure 700", new IllegalStateException());
        },
        "CUDA failure 700");
  }

  private static void endsWithoutAnAnswer(Consumer<List<InputImage>> work, String said) {
    try (Rig rig = new Rig(1, SETTINGS, count -> new FakeDetector(count, work))) {
      rig.source.push(0, "2x2:1");
      assertThatThrownBy(() -> rig.pipeline.ended().get(20, TimeUnit.SECONDS))
          .isInstanceOf(ExecutionException.class)
          .cause()
          .isInstanceOf(LaneFailedException.class)
          .hasMessageContaining(said);
      assertThat(rig.source.acknowledged).isEmpty();
      assertThat(rig.sink.dead).isEmpty();
      assertThat(rig.pipeline.troubles()).anyMatch(t -> t.contains("the pipeline failed"));
    }
  }

  @Test
  void aSourceThatFailsEndsTheFlow() {
    try (Rig rig = new Rig(2, SETTINGS, FramePipelineTest::quick)) {
      rig.source.fail(new IllegalStateException("not authorised"));
      assertThatThrownBy(() -> rig.pipeline.ended().get(20, TimeUnit.SECONDS))
          .hasMessageContaining("not authorised");
    }
  }

  @Test
  void aSinkThatIsAwayHoldsTheFlowAndLosesNothing() {
    try (Rig rig = new Rig(2, SETTINGS, FramePipelineTest::quick)) {
      for (int i = 0; i < 20; i++) {
        rig.source.push(i % 4, "2x2:1");
      }
      Rig.await("the first events", () -> rig.source.acknowledged.size() == 20);
      rig.sink.away = true;
      for (int i = 0; i < 600; i++) {
        rig.source.push(i % 4, i % 50 == 0 ? "bad" : "2x2:1");
      }
      Rig.await(
          "trouble",
          () ->
              rig.pipeline
                  .troubles()
                  .equals(List.of("the sink takes no events: the broker is away")));
      assertThat(rig.source.acknowledged).hasSize(20);
      rig.sink.away = false;
      rig.finish();
      assertThat(rig.source.acknowledged).hasSize(620);
      assertThat(rig.sink.dead).hasSize(12);
      for (int p = 0; p < 4; p++) {
        assertThat(rig.sink.offsets(p)).isSorted().doesNotHaveDuplicates();
      }
      assertThat(rig.sink.events).hasSize(608);
    }
  }

  @Test
  void aSinkThatKnowsItsTroubleSaysIt() {
    try (Rig rig = new Rig(1, SETTINGS, FramePipelineTest::quick)) {
      assertThat(rig.pipeline.troubles()).isEmpty();
      rig.sink.away = true;
      assertThat(rig.pipeline.troubles())
          .containsExactly("the sink is not healthy: the broker is on holiday");
    }
  }

  @Test
  void whatIsNotDeliveredByTheDeadlineIsGivenUpAndNotAcknowledged() {
    try (Rig rig = new Rig(1, SETTINGS, FramePipelineTest::quick)) {
      rig.sink.stuck = true;
      rig.source.push(0, "2x2:1");
      assertThat(rig.pipeline.stop(Duration.ofMillis(50))).isFalse();
      assertThat(rig.source.acknowledged).isEmpty();
    }
  }

  @Test
  void decodingGoesOnWhileTheLaneIsBusyAndStopsAtTheWindow() {
    CountDownLatch gate = new CountDownLatch(1);
    FlowSettings settings = new FlowSettings(2, 4, Duration.ZERO);
    try (Rig rig =
        new Rig(1, settings, count -> new FakeDetector(count, frames -> waitFor(gate)))) {
      for (int i = 0; i < 500; i++) {
        rig.source.push(0, "2x2:1");
      }
      int most = // in the lane, waiting for it, in the group, decoded and being decoded
          1 + settings.batchWindow() + settings.maxBatch() + settings.decodeWindow();
      Rig.await("the windows to fill", () -> rig.source.framesInFlight() >= most);
      assertThat(rig.source.framesInFlight()).isLessThanOrEqualTo(most + settings.maxBatch());
      gate.countDown();
      rig.finish();
      assertThat(rig.sink.events).hasSize(500);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2_000})
  void pixelsStayWithinTheirBudgetAndNothingIsLostOrReordered(int maxPixelBytes) {
    FlowSettings settings = new FlowSettings(3, 4, Duration.ofMillis(1), maxPixelBytes);
    int largest = 2 * 3 * 20 * 8; // pixels, and the image that is prepared of them
    AtomicLong most = new AtomicLong();
    AtomicReference<FramePipeline> pipeline = new AtomicReference<>();
    FlowObserver looking =
        new FlowObserver() {
          @Override
          public void ran(int lane, int frames, long nanos) {
            FramePipeline flow = pipeline.get();
            if (flow != null) {
              most.accumulateAndGet(flow.pixelBytes(), Math::max);
            }
          }
        };
    try (Rig rig = new Rig(2, settings, FramePipelineTest::quick, looking)) {
      pipeline.set(rig.pipeline);
      Random random = new Random(7);
      List<FrameRecord> frames = new ArrayList<>();
      for (int i = 0; i < 600; i++) {
        String text =
            switch (random.nextInt(8)) {
              case 0 -> "bad";
              case 1 -> "4x4:" + FakeDetector.POISON;
              default -> (random.nextBoolean() ? 20 : 10) + "x8:1";
            };
        frames.add(FakeSource.frame(i % 4, i, text));
      }
      rig.source.pushAll(frames);
      rig.finish();
      assertThat(rig.source.acknowledged).hasSize(600);
      for (int p = 0; p < 4; p++) {
        assertThat(rig.sink.offsets(p)).isSorted().doesNotHaveDuplicates();
      }
      // What is prepared is only known afterwards: it may come on top, once for each thread.
      assertThat(most.get()).isPositive().isLessThanOrEqualTo(maxPixelBytes + 3L * largest);
      Rig.await("all pixels to be given back", () -> rig.pipeline.pixelBytes() == 0);
    }
  }

  @Test
  void aLaneDoesNotWaitForFramesThatWaitForIt() {
    // Room for one frame, and a delay that nobody would sit out.
    FlowSettings settings = new FlowSettings(2, 8, Duration.ofMinutes(1), 1);
    try (Rig rig = new Rig(1, settings, FramePipelineTest::quick)) {
      for (int i = 0; i < 5; i++) {
        rig.source.push(0, "2x2:1");
      }
      rig.finish();
      assertThat(rig.sink.offsets(0)).containsExactly(0L, 1L, 2L, 3L, 4L);
      assertThat(rig.sink.events).allSatisfy(e -> assertThat(e.batchSize()).isEqualTo(1));
    }
  }

  private static void waitFor(CountDownLatch gate) {
    try {
      gate.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
