package dev.millrace.pipeline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.connectors.DetectionEvent;
import dev.millrace.connectors.FramePosition;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class DemoViewTest {

  private static final Instant START = Instant.ofEpochSecond(1000);

  private final StringWriter text = new StringWriter();

  private static DetectionEvent event(String camera, long offset, String... labels) {
    return new DetectionEvent(
        camera,
        new DetectionEvent.Source("frames", 0, offset, START, 8, 6),
        new DetectionEvent.Revision(3, "", ""),
        objects(labels),
        new DetectionEvent.Timings(0, 0, 0),
        1);
  }

  private static List<DetectionEvent.DetectedObject> objects(String... labels) {
    return java.util.Arrays.stream(labels)
        .map(l -> new DetectionEvent.DetectedObject(List.of(0f, 0f, 1f, 1f), l, 0, 0.9f, null))
        .toList();
  }

  @Test
  void withoutATerminalEachCameraSaysALineASecond() {
    DemoView view = new DemoView(new PrintWriter(text, true), false);
    for (int i = 0; i < 30; i++) {
      view.came(event("a", i, "person", "car", "person"), "", START.plusMillis(100L * i));
    }
    assertThat(text.toString().lines()).hasSize(3);
    assertThat(text.toString()).contains("2 person, 1 car").contains("revision 3");
    assertThat(text.toString()).doesNotContain("\033");
  }

  @Test
  void onATerminalLinesAreWrittenOver() {
    DemoView view = new DemoView(new PrintWriter(text, true), true);
    view.came(event("a", 0), "", START);
    view.came(event("b", 0), "", START.plusMillis(200));
    view.came(event("a", 1), "", START.plusMillis(210)); // too soon to draw again
    view.finish();
    assertThat(text.toString()).contains("\033[1A", "\033[2A", "nothing");
    assertThat(text.toString().split("\n")).hasSize(1 + 2 + 2);
  }

  /** A line that a narrow terminal breaks would be two, and the next drawing a line too low. */
  @Test
  void aTerminalCutsLinesWhileTheyAreDrawnOnly() {
    DemoView view = new DemoView(new PrintWriter(text, true), true);
    view.came(event("a", 0), "", START);
    view.came(event("b", 0), "", START.plusMillis(200));
    assertThat(text.toString().split("\n"))
        .hasSize(3)
        .allSatisfy(line -> assertThat(line).contains("\033[?7l").endsWith("\033[?7h"));
  }

  @Test
  void accuracyStandsBeforeWhatWasFoundAndFits() {
    DemoView view = new DemoView(new PrintWriter(text, true), false);
    String[] many =
        "person,bicycle,car,truck,bus,traffic light,fire hydrant,stop sign,parking meter"
            .split(",");
    view.came(event("north-crossing-2", 0, many), "P 0.93 R 0.88", START);
    String line = text.toString().stripTrailing();
    assertThat(line).contains("revision 3  P 0.93 R 0.88  1 person, 1 bicycle").endsWith("…");
    assertThat(line).hasSize(110);
  }

  @Test
  void whatATopicSaysCannotDriveTheTerminal() {
    DemoView view = new DemoView(new PrintWriter(text, true), false);
    view.came(event("a\033[2Jb", 0, "per\033son"), "", START);
    assertThat(text.toString()).contains("a?[2Jb").contains("per?son");
  }

  @Test
  void theTallyKnowsWhatIsMissingAndWhatCameTwice() {
    DemoTally tally = new DemoTally();
    assertThat(tally.complete()).isFalse(); // nothing published is no success
    FramePosition one = new FramePosition("frames", 0, 1);
    FramePosition two = new FramePosition("frames", 0, 2);
    tally.published("a", one);
    tally.came(event("a", 2, "person"), START.plusMillis(40)); // before we heard of its place
    assertThat(tally.complete()).isFalse();
    tally.published("a", two);
    assertThat(tally.complete()).isFalse();
    tally.came(event("a", 1), START.plusMillis(60));
    assertThat(tally.complete()).isTrue();
    assertThat(tally.summary(Duration.ofSeconds(2)))
        .contains("2 frames of 1 camera in 2.0 s", "1 person", "missing       0", "60 ms");
    tally.came(event("a", 1), START);
    tally.came(event("a", 1), START);
    assertThat(tally.complete()).isFalse();
  }
}
