package dev.millrace.pipeline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.connectors.DetectionEvent;
import dev.millrace.connectors.DetectionEvent.DetectedObject;
import dev.millrace.connectors.FramePosition;
import dev.millrace.connectors.GroundTruth;
import dev.millrace.connectors.GroundTruth.TrueObject;
import dev.millrace.connectors.format.FrameHeaders;
import dev.millrace.connectors.format.GroundTruthJson;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DemoAccuracyTest {

  private static final Instant START = Instant.ofEpochSecond(1000);

  private final DemoAccuracy accuracy = new DemoAccuracy();

  private static FramePosition at(long offset) {
    return new FramePosition("frames", 0, offset);
  }

  /** A car and a person. */
  private static Map<String, String> truth() {
    return Map.of(
        FrameHeaders.GROUND_TRUTH,
        GroundTruthJson.write(
            new GroundTruth(
                640,
                360,
                List.of(
                    new TrueObject(0, 0, 40, 20, "car", 2, 1, 1, 700),
                    new TrueObject(100, 0, 110, 30, "person", 0, 2, 1, 200)),
                List.of())));
  }

  private static DetectedObject car(float x) {
    return new DetectedObject(List.of(x, 0f, x + 40, 20f), "car", 5, 0.9f, null);
  }

  private static DetectedObject person() {
    return new DetectedObject(List.of(100f, 0f, 110f, 30f), "person", 1, 0.8f, null);
  }

  private static DetectionEvent event(String camera, long offset, DetectedObject... found) {
    return new DetectionEvent(
        camera,
        new DetectionEvent.Source("frames", 0, offset, START, 640, 360),
        new DetectionEvent.Revision(1, "", ""),
        List.of(found),
        new DetectionEvent.Timings(0, 0, 0),
        1);
  }

  @Test
  void ofARealVideoNothingIsSaid() {
    accuracy.published(at(1), Map.of());
    accuracy.came(event("a", 1, car(0)), START);
    assertThat(accuracy.recent("a")).isEmpty();
    assertThat(accuracy.summary(0.5)).isEmpty();
  }

  @Test
  void anEventMayComeBeforeItsFrameIsKnownToBePublished() {
    accuracy.came(event("a", 1, car(0), person()), START);
    assertThat(accuracy.recent("a")).isEmpty();
    accuracy.published(at(1), truth());
    assertThat(accuracy.recent("a")).isEqualTo("P 1.00 R 1.00");
  }

  @Test
  void aFrameIsJudgedOnce() {
    accuracy.published(at(1), truth());
    accuracy.came(event("a", 1, car(0)), START);
    accuracy.came(event("a", 1, car(300)), START);
    assertThat(accuracy.recent("a")).isEqualTo("P 1.00 R 0.50");
  }

  @Test
  void eachCameraShowsItsLastTenSeconds() {
    for (int i = 0; i < 4; i++) {
      accuracy.published(at(i), truth());
    }
    accuracy.came(event("a", 0, car(300)), START);
    accuracy.came(event("b", 1), START);
    assertThat(accuracy.recent("a")).isEqualTo("P 0.00 R 0.00");
    assertThat(accuracy.recent("b")).isEqualTo("P - R 0.00");
    accuracy.came(event("a", 2, car(0), person()), START.plusSeconds(10));
    assertThat(accuracy.recent("a")).isEqualTo("P 0.67 R 0.50");
    accuracy.came(event("a", 3, car(0), person()), START.plusMillis(10_001));
    assertThat(accuracy.recent("a")).isEqualTo("P 1.00 R 1.00");
  }

  /** Persons: 1. Cars: one of two, after a mistake as sure in an earlier frame: 51 * .5 / 101. */
  @Test
  void theSummaryIsOfTheWholeRun() {
    accuracy.published(at(0), truth());
    accuracy.published(at(1), truth());
    accuracy.came(event("a", 0, car(300), person()), START);
    accuracy.came(event("b", 1, car(0), person()), START.plusSeconds(60));
    assertThat(accuracy.summary(0.5))
        .isEqualToNormalizingNewlines(
            "accuracy      AP50 0.626, precision 0.75, recall 0.75 (score 0.5, IoU 0.5),"
                + " 2 cameras\n");
    assertThat(accuracy.summary(null)).contains("recall 0.75 (IoU 0.5), 2 cameras");
  }

  @Test
  void labelsThatNoStreetHasAreCounted() {
    accuracy.published(at(0), truth());
    DetectedObject dog = new DetectedObject(List.of(0f, 0f, 9f, 9f), "dog", 16, 0.9f, null);
    accuracy.came(event("a", 0, car(0), dog), START);
    assertThat(accuracy.summary(null))
        .contains("precision 1.00, recall 0.50", "1 camera", "left out: 1 detection");
  }

  @Test
  void theOldestTruthIsForgotten() {
    for (int i = 0; i <= 8192; i++) {
      accuracy.published(at(i), truth());
    }
    accuracy.came(event("a", 0, car(0)), START);
    assertThat(accuracy.recent("a")).isEmpty();
    accuracy.came(event("a", 1, car(0)), START);
    assertThat(accuracy.recent("a")).isEqualTo("P 1.00 R 0.50");
  }
}
