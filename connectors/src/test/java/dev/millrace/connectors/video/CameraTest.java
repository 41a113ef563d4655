package dev.millrace.connectors.video;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.connectors.Await;
import dev.millrace.connectors.ConnectorException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.Disposable;
import reactor.core.publisher.BaseSubscriber;
import reactor.test.StepVerifier;
import reactor.test.scheduler.VirtualTimeScheduler;

class CameraTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final CameraOptions FAST = CameraOptions.DEFAULT.withRate(0);

  @TempDir Path folder;
  private final NativeCount natives = new NativeCount();

  @AfterEach
  void everyNativeIsClosed() {
    Await.until("all natives closed", () -> natives.closed() == natives.created());
  }

  private Camera camera(String name, Path file, CameraOptions options) {
    return new Camera(name, file.toString(), options, natives);
  }

  @Test
  void playsAVideoFromItsFirstFrameToItsLast() {
    Camera camera = camera("gate-3", TestVideos.mp4(folder, 12, 10), FAST);
    List<EncodedFrame> frames = camera.frames().collectList().block(PATIENCE);
    assertThat(frames).hasSize(12).allSatisfy(f -> assertThat(f.camera()).isEqualTo("gate-3"));
    assertThat(frames)
        .extracting(EncodedFrame::index)
        .containsExactlyElementsOf(LongStream.range(0, 12).boxed().toList());
    assertThat(frames).allSatisfy(f -> assertThat(WholeJpeg.check(f.image())).isTrue());
    assertThat(natives.created()).isPositive();
  }

  @Test
  void loopsUntilItsLimit() {
    Camera camera =
        camera("a", TestVideos.mp4(folder, 5, 10), FAST.withLoop(true).withMaxFrames(13));
    StepVerifier.create(camera.frames().map(EncodedFrame::index))
        .expectNextSequence(LongStream.range(0, 13).boxed().toList())
        .expectComplete()
        .verify(PATIENCE);
  }

  @Test
  void severalCamerasPlayTheSameVideoAtOnce() {
    Path file = TestVideos.mp4(folder, 8, 10);
    List<EncodedFrame> frames =
        Camera.all(
                List.of(camera("a", file, FAST), camera("b", file, FAST), camera("c", file, FAST)))
            .collectList()
            .block(PATIENCE);
    assertThat(frames).hasSize(24);
    assertThat(
            frames.stream()
                .collect(
                    Collectors.groupingBy(
                        EncodedFrame::camera,
                        Collectors.mapping(EncodedFrame::index, Collectors.toList()))))
        .hasSize(3)
        .allSatisfy((name, indices) -> assertThat(indices).isSorted().hasSize(8));
  }

  @Test
  void keepsItsRateByTheClock() {
    VirtualTimeScheduler clock = VirtualTimeScheduler.create();
    Camera camera =
        new Camera(
            "a",
            TestVideos.mp4(folder, 6, 10).toString(),
            CameraOptions.DEFAULT,
            natives,
            () -> clock);
    List<EncodedFrame> frames = new CopyOnWriteArrayList<>();
    Disposable playing = camera.frames().subscribe(frames::add);
    Await.until("the first frame", () -> frames.size() == 1);
    for (int i = 1; i < 6; i++) {
      Await.until("a waiting frame", () -> clock.getScheduledTaskCount() > 0);
      clock.advanceTimeBy(Duration.ofMillis(99));
      assertThat(frames).hasSize(i);
      clock.advanceTimeBy(Duration.ofMillis(1));
      int expected = i + 1;
      Await.until("frame " + i, () -> frames.size() == expected);
      assertThat(frames.get(i).capturedAt())
          .isEqualTo(frames.get(0).capturedAt().plusMillis(100L * i));
    }
    Await.until("the end", playing::isDisposed);
  }

  @Test
  void honoursDemandAndClosesOnCancel() {
    Camera camera = camera("a", TestVideos.mp4(folder, 5, 10), FAST.withLoop(true));
    List<EncodedFrame> frames = new CopyOnWriteArrayList<>();
    BaseSubscriber<EncodedFrame> subscriber =
        new BaseSubscriber<>() {
          @Override
          protected void hookOnSubscribe(org.reactivestreams.Subscription subscription) {}

          @Override
          protected void hookOnNext(EncodedFrame frame) {
            frames.add(frame);
          }
        };
    camera.frames().subscribe(subscriber);
    subscriber.request(7);
    Await.until("seven frames", () -> frames.size() == 7);
    subscriber.request(2);
    Await.until("nine frames", () -> frames.size() == 9);
    assertThat(natives.created()).isGreaterThan(natives.closed());
    subscriber.cancel();
    Await.until("all natives closed", () -> natives.closed() == natives.created());
    assertThat(frames).hasSize(9);
  }

  @Test
  void aMissingVideoIsAnErrorOfTheFlux() {
    StepVerifier.create(camera("a", folder.resolve("none.mp4"), FAST).frames())
        .expectErrorSatisfies(
            e ->
                assertThat(e)
                    .isInstanceOf(ConnectorException.class)
                    .hasMessageContaining("no such file"))
        .verify(PATIENCE);
  }

  @Test
  void shrinksWideFrames() throws IOException {
    Camera camera =
        camera("a", TestVideos.mp4(folder, 1, 10), FAST.withWidth(32).withJpegQuality(50));
    EncodedFrame frame = camera.frames().blockFirst(PATIENCE);
    assertThat(JpegEncoderTest.read(frame.image())).hasSize(3 * 32 * 21);
  }
}
