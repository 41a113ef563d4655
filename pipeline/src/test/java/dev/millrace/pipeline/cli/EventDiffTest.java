package dev.millrace.pipeline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.connectors.DetectionEvent;
import dev.millrace.connectors.DetectionEvent.DetectedObject;
import dev.millrace.connectors.DetectionEvent.Keypoint;
import dev.millrace.connectors.DetectionEvent.Mask;
import dev.millrace.connectors.DetectionEvent.Segment;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EventDiffTest {

  /** Rows 1 and 2 of columns 1 to 3, and the pixel at the top of column 4: 7 of 4 x 5. */
  private static final Mask MASK = new Mask(4, 5, "522000OO2");

  private static final Mask REST = new Mask(4, 5, "052M000OO2");
  private static final Mask ALL = new Mask(4, 5, "0d0");

  private static DetectedObject person(
      float x, Mask mask, List<Keypoint> keypoints, Map<String, List<Float>> attributes) {
    return new DetectedObject(
        List.of(x, 0f, 5f, 4f), "person", 0, 0.5f, null, mask, keypoints, attributes);
  }

  private static DetectedObject person() {
    return person(1, MASK, List.of(new Keypoint(1, 2, 0.5f)), Map.of("age", List.of(1f)));
  }

  private static DetectionEvent event(DetectedObject object, Segment... segments) {
    return new DetectionEvent(
        "c",
        new DetectionEvent.Source("t", 0, 7, Instant.EPOCH, 5, 4),
        new DetectionEvent.Revision(1, "sha256:", "sha256:"),
        List.of(object),
        List.of(segments),
        new DetectionEvent.Timings(1, 1, 1),
        1);
  }

  private static String diff(DetectionEvent was, DetectionEvent now) {
    EventDiff diff = new EventDiff();
    diff.before(was);
    String line = diff.now(now);
    assertThat(diff.same()).isEqualTo(line == null);
    return line;
  }

  @Test
  void equalInEverythingIsTheSame() {
    Segment sky = new Segment(1, false, 3, "sky", 1, 7, MASK);
    assertThat(diff(event(person(), sky), event(person(), sky))).isNull();
  }

  @Test
  void itIsSaidWhatMovedAndHowFar() {
    DetectionEvent was = event(person());
    assertThat(diff(was, event(person(1.5f, MASK, person().keypoints(), person().attributes()))))
        .endsWith("c  boxes or scores moved by up to 0.5");
    assertThat(diff(was, event(person(1, ALL, person().keypoints(), person().attributes()))))
        .endsWith("c  masks changed by up to 13 pixels");
    assertThat(
            diff(
                was,
                event(person(1, REST, List.of(new Keypoint(3, 2, 0.5f)), person().attributes()))))
        .endsWith(
            "c  keypoints or their scores moved by up to 2.0, masks changed by up to 20 pixels");
    assertThat(diff(was, event(person(1, MASK, person().keypoints(), Map.of()))))
        .endsWith("c  other members differ");
    assertThat(diff(was, event(person(1, null, List.of(), person().attributes()))))
        .endsWith("c  other members differ");
  }

  @Test
  void segmentsAreCompared() {
    DetectionEvent was = event(person(), new Segment(1, false, 3, "sky", 1, 10, REST));
    assertThat(diff(was, event(person(), new Segment(1, false, 3, "sky", 1, 10, ALL))))
        .endsWith("c  segments changed by up to 7 pixels");
    assertThat(diff(was, event(person(), new Segment(1, false, 4, "road", 1, 10, REST))))
        .endsWith("c  person 0.50, sky 50%  ->  person 0.50, road 50%");
  }
}
