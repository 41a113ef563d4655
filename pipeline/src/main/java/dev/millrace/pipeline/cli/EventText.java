package dev.millrace.pipeline.cli;

import dev.millrace.connectors.DetectionEvent;
import dev.millrace.connectors.DetectionEvent.DetectedObject;
import dev.millrace.connectors.DetectionEvent.Segment;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** An event as a line for people. */
final class EventText {

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("HH:mm:ss.SSS", Locale.ROOT).withZone(ZoneId.systemDefault());

  private EventText() {}

  /** {@code 06:52:11.031 gate-3 person 0.98 0.87, car 0.55}. */
  static String line(DetectionEvent event) {
    return TIME.format(event.frame().capturedAt())
        + "  "
        + clean(event.camera())
        + "  "
        + objects(event);
  }

  /** What was found, class by class; of a panoptic model also how much of the frame is stuff. */
  static String objects(DetectionEvent event) {
    Map<String, String> scores = new LinkedHashMap<>();
    for (DetectedObject object : event.detections()) {
      scores.merge(
          clean(object.label()),
          String.format(Locale.ROOT, "%.2f", object.score()),
          (a, b) -> a + " " + b);
    }
    double pixels = (double) event.frame().width() * event.frame().height();
    for (Segment segment : event.segments()) {
      if (!segment.thing()) {
        scores.merge(
            clean(segment.label()),
            String.format(Locale.ROOT, "%.0f%%", 100 * segment.area() / pixels),
            (a, b) -> a + " " + b);
      }
    }
    return scores.isEmpty()
        ? "nothing"
        : scores.entrySet().stream()
            .map(e -> e.getKey() + " " + e.getValue())
            .collect(Collectors.joining(", "));
  }

  /** How many of each class: {@code 3 person, 1 car}. */
  static String counts(DetectionEvent event) {
    Map<String, Long> counts =
        event.detections().stream()
            .collect(
                Collectors.groupingBy(
                    o -> clean(o.label()), LinkedHashMap::new, Collectors.counting()));
    return counts.isEmpty()
        ? "nothing"
        : counts.entrySet().stream()
            .map(e -> e.getValue() + " " + e.getKey())
            .collect(Collectors.joining(", "));
  }

  /** Names come from a topic: no control characters to somebody's terminal. */
  static String clean(String text) {
    return text.codePoints()
        .map(c -> Character.isISOControl(c) ? '?' : c)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }
}
