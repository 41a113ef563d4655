package dev.millrace.connectors.video;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.millrace.connectors.Await;
import dev.millrace.connectors.ConnectorException;
import dev.millrace.connectors.FrameRecord;
import dev.millrace.connectors.GroundTruth;
import dev.millrace.connectors.format.FrameHeaders;
import dev.millrace.connectors.format.GroundTruthJson;
import dev.millrace.connectors.memory.InMemoryFrameSource;
import dev.millrace.connectors.memory.InMemoryTopic;
import dev.millrace.connectors.street.StreetAddress;
import dev.millrace.connectors.street.StreetScene;
import java.time.Duration;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.test.StepVerifier;

/** A synthetic street is a video as any other, and its truth travels with its frames. */
class StreetCameraTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final CameraOptions FAST = CameraOptions.DEFAULT.withRate(0);
  private static final String STREET = "street://?seed=3&width=192&height=108&fps=10&seconds=0.7";

  private final NativeCount natives = new NativeCount();

  @AfterEach
  void everyNativeIsClosed() {
    Await.until("all natives closed", () -> natives.closed() == natives.created());
  }

  private static GroundTruth truth(EncodedFrame frame) {
    return GroundTruthJson.read(frame.headers().getOrDefault(FrameHeaders.GROUND_TRUTH, ""));
  }

  @Test
  void allItsFramesComeWithTheirTruth() {
    List<EncodedFrame> frames =
        new Camera("gate", STREET, FAST, natives).frames().collectList().block(PATIENCE);
    StreetScene street = StreetAddress.parse(STREET).scene();
    assertThat(frames).hasSize(7);
    for (EncodedFrame frame : frames) {
      assertThat(WholeJpeg.check(frame.image())).isTrue();
      assertThat(truth(frame)).isEqualTo(street.truth(frame.index() / 10.0));
    }
  }

  @Test
  void loopsAndEndsAtTheLimit() {
    Camera camera = new Camera("gate", STREET, FAST.withLoop(true).withMaxFrames(9), natives);
    StepVerifier.create(camera.frames().map(EncodedFrame::index))
        .expectNextSequence(LongStream.range(0, 9).boxed().toList())
        .expectComplete()
        .verify(PATIENCE);
  }

  @Test
  void withoutSecondsItNeverEnds() {
    assertThat(VideoReader.probe("street://").frames()).isEmpty();
    VideoInfo info = VideoReader.probe(STREET);
    assertThat(info.frames()).hasValue(7);
    assertThat(info.frameRate()).isEqualTo(10);
    assertThat(info.width()).isEqualTo(192);
    assertThat(info.live()).isFalse();
  }

  @Test
  void whereTheFrameShrinksItsTruthDoes() throws Exception {
    EncodedFrame frame =
        new Camera("gate", STREET, FAST.withWidth(96), natives).frames().blockFirst(PATIENCE);
    assertThat(JpegEncoderTest.read(frame.image())).hasSize(3 * 96 * 54);
    GroundTruth whole = StreetAddress.parse(STREET).scene().truth(0);
    assertThat(truth(frame).width()).isEqualTo(96);
    assertThat(truth(frame).objects()).hasSameSizeAs(whole.objects()).isNotEmpty();
    assertThat(truth(frame).objects().get(0).x2())
        .isCloseTo(whole.objects().get(0).x2() / 2, within(1e-3f));
  }

  @Test
  void pixelsCanBeReadAsFromAnyVideo() {
    try (VideoReader reader = VideoReader.open(STREET, natives)) {
      Picture picture = reader.next().orElseThrow();
      assertThat(picture.bgr()).isEqualTo(StreetAddress.parse(STREET).scene().frame(0).bgr());
    }
  }

  @Test
  void flowsWithoutABroker() {
    InMemoryTopic topic = new InMemoryTopic("frames", 1);
    new Camera("gate", STREET, FAST, natives)
        .frames()
        .doOnNext(f -> topic.publish(f.camera(), f.image(), f.capturedAt(), f.headers()))
        .blockLast(PATIENCE);
    topic.seal();
    try (InMemoryFrameSource source = new InMemoryFrameSource(topic)) {
      List<FrameRecord> records =
          source.frames().doOnNext(source::acknowledge).collectList().block(PATIENCE);
      assertThat(records)
          .hasSize(7)
          .allSatisfy(
              record ->
                  assertThat(
                          GroundTruthJson.read(
                              record.headers().getOrDefault(FrameHeaders.GROUND_TRUTH, "")))
                      .extracting(GroundTruth::width)
                      .isEqualTo(192));
    }
  }

  @Test
  void aWrongAddressIsAnErrorOfTheFlux() {
    StepVerifier.create(new Camera("a", "street://?sed=1", FAST, natives).frames())
        .expectErrorSatisfies(e -> assertThat(e).isInstanceOf(ConnectorException.class))
        .verify(PATIENCE);
  }
}
