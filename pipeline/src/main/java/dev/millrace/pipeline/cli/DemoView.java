package dev.millrace.pipeline.cli;

import dev.millrace.connectors.DetectionEvent;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * A line for each camera: written over in place on a terminal, elsewhere one a second for each
 * camera. Thread-safe.
 */
final class DemoView {

  private static final Duration BETWEEN_DRAWINGS = Duration.ofMillis(100);
  private static final Duration BETWEEN_LINES = Duration.ofSeconds(1);
  private static final int WIDEST = 110;

  /**
   * DECAWM: a narrow terminal cuts a line, instead of making two of it that we would count as one.
   */
  private static final String NO_WRAP = "\033[?7l";

  private static final String WRAP = "\033[?7h";

  private static final class Line {
    final Instant since;
    long events;
    String text = "";
    Instant printed = Instant.EPOCH;

    Line(Instant since) {
      this.since = since;
    }
  }

  private final PrintWriter out;
  private final boolean inPlace;
  private final Map<String, Line> lines = new TreeMap<>();
  private Instant drawn = Instant.EPOCH;
  private int height;

  DemoView(PrintWriter out, boolean inPlace) {
    this.out = out;
    this.inPlace = inPlace;
  }

  /**
   * @param accuracy of its camera, such as {@code P 0.93 R 0.88}; empty where nobody knows
   */
  synchronized void came(DetectionEvent event, String accuracy, Instant now) {
    Line line = lines.computeIfAbsent(event.camera(), camera -> new Line(now));
    line.events++;
    line.text = text(event, accuracy, line, now);
    if (inPlace) {
      if (!now.isBefore(drawn.plus(BETWEEN_DRAWINGS))) {
        draw();
        drawn = now;
      }
    } else if (!now.isBefore(line.printed.plus(BETWEEN_LINES))) {
      out.println(line.text);
      line.printed = now;
    }
  }

  private static String text(DetectionEvent event, String accuracy, Line line, Instant now) {
    double seconds = Duration.between(line.since, now).toMillis() / 1000.0;
    String rate = seconds < 1 ? "   -" : String.format(Locale.ROOT, "%4.1f", line.events / seconds);
    String text =
        String.format(
            Locale.ROOT,
            "%-16s %6d frames %s/s %5d ms  revision %d  %s%s",
            EventText.clean(event.camera()),
            line.events,
            rate,
            Duration.between(event.frame().capturedAt(), now).toMillis(),
            event.revision().id(),
            accuracy.isEmpty() ? "" : accuracy + "  ",
            EventText.counts(event));
    return text.length() <= WIDEST ? text : text.substring(0, WIDEST - 1) + "…";
  }

  private void draw() {
    if (height > 0) {
      out.print("\033[" + height + "A");
    }
    lines.values().forEach(line -> out.print("\r\033[K" + NO_WRAP + line.text + WRAP + "\n"));
    height = lines.size();
    out.flush();
  }

  /** The last state of all cameras. */
  synchronized void finish() {
    if (inPlace) {
      draw();
    }
  }
}
