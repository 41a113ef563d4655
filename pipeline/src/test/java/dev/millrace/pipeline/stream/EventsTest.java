package dev.millrace.pipeline.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.millrace.components.image.Frame;
import dev.millrace.components.modeling.Detection;
import dev.millrace.components.modeling.Detections;
import dev.millrace.components.modeling.Keypoint;
import dev.millrace.components.modeling.Mask;
import dev.millrace.components.modeling.Segment;
import dev.millrace.connectors.DetectionEvent;
import dev.millrace.connectors.FramePosition;
import dev.millrace.connectors.FrameRecord;
import dev.millrace.connectors.format.EventJson;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EventsTest {

  private static final Mask MASK = new Mask(4, 5, "522000OO2");

  private static DetectionEvent event(Detections found) {
    FrameRecord record =
        new FrameRecord(
            new FramePosition("frames", 0, 7), 1, "c", new byte[0], Map.of(), Instant.EPOCH);
    return Events.of(
        new DecodedFrame(record, new Frame(5, 4, new byte[60]), null, 0, 0),
        new DetectionEvent.Revision(1, "sha256:", "sha256:"),
        found,
        0,
        0,
        1);
  }

  private static Detection object(float x, float score, float attribute) {
    return new Detection(
        1,
        0,
        5,
        4,
        2,
        "person",
        0.5f,
        MASK,
        List.of(new Keypoint(x, 3, score)),
        Map.of("speed", List.of(attribute, 2f)));
  }

  @Test
  void everythingThatAModelFindsIsInItsEvent() {
    DetectionEvent event =
        event(
            new Detections(
                List.of(object(1, 0.25f, 9), new Detection(0, 0, 1, 1, 3, "dog", 0.25f)),
                List.of(new Segment(1, false, 4, "sky", 1, 7, MASK))));
    DetectionEvent.Mask mask = new DetectionEvent.Mask(4, 5, "522000OO2");
    assertThat(event.detections())
        .containsExactly(
            new DetectionEvent.DetectedObject(
                List.of(1f, 0f, 5f, 4f),
                "person",
                2,
                0.5f,
                null,
                mask,
                List.of(new DetectionEvent.Keypoint(1, 3, 0.25f)),
                Map.of("speed", List.of(9f, 2f))),
            new DetectionEvent.DetectedObject(List.of(0f, 0f, 1f, 1f), "dog", 3, 0.25f, null));
    assertThat(event.segments())
        .containsExactly(new DetectionEvent.Segment(1, false, 4, "sky", 1, 7, mask));
    assertThat(EventJson.read(EventJson.write(event))).isEqualTo(event);
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
  void numbersThatAreNoneAreTheModelsMistakeAndSaidWithoutMasks(float bad) {
    for (Detection object : List.of(object(bad, 1, 1), object(1, bad, 1), object(1, 1, bad))) {
      assertThatIllegalStateException()
          .isThrownBy(() -> event(new Detections(List.of(object))))
          .withMessageContaining("the model answered with a number that is none")
          .withMessageContaining("person")
          .withMessageNotContaining(MASK.counts());
    }
    Segment sky = new Segment(1, false, 4, "sky", bad, 7, MASK);
    assertThatIllegalStateException()
        .isThrownBy(() -> event(new Detections(List.of(), List.of(sky))))
        .withMessageContaining("sky");
  }
}
