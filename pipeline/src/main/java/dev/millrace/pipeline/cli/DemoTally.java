package dev.millrace.pipeline.cli;

import dev.millrace.connectors.DetectionEvent;
import dev.millrace.connectors.FramePosition;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** What was published, and what came back. Thread-safe. */
final class DemoTally {

  private final Set<FramePosition> waiting = new HashSet<>();
  private final Set<FramePosition> early = new HashSet<>(); // back before we knew their place
  private final Set<String> cameras = new TreeSet<>();
  private final Set<Long> revisions = new TreeSet<>();
  private final Map<String, Long> objects = new TreeMap<>();
  private final List<Long> millis = new ArrayList<>();
  private long published;
  private long events;
  private long doubles;
  private long dead;

  synchronized void published(String camera, FramePosition position) {
    published++;
    cameras.add(camera);
    if (!early.remove(position)) {
      waiting.add(position);
    }
  }

  synchronized void came(DetectionEvent event, Instant now) {
    events++;
    if (!waiting.remove(event.frame().position()) && !early.add(event.frame().position())) {
      doubles++;
    }
    revisions.add(event.revision().id());
    event.detections().forEach(d -> objects.merge(EventText.clean(d.label()), 1L, Long::sum));
    millis.add(Duration.between(event.frame().capturedAt(), now).toMillis());
  }

  synchronized void died() {
    dead++;
  }

  /** Events and dead letters so far: grows while anything moves. */
  synchronized long back() {
    return events + dead;
  }

  /** Whether every frame that was published came back as an event, once. */
  synchronized boolean complete() {
    return published > 0 && waiting.isEmpty() && early.isEmpty() && doubles == 0;
  }

  /** For people. */
  synchronized String summary(Duration took) {
    StringBuilder text = new StringBuilder();
    double seconds = took.toMillis() / 1000.0;
    line(
        text,
        "published",
        "%d frames of %d camera%s in %.1f s"
            .formatted(published, cameras.size(), cameras.size() == 1 ? "" : "s", seconds));
    line(text, "events", "%d, %.1f a second".formatted(events, events / Math.max(seconds, 0.001)));
    line(text, "found", found());
    if (!millis.isEmpty()) {
      List<Long> sorted = millis.stream().sorted().toList();
      line(
          text,
          "latency",
          "%d ms median, %d ms for 95%%, capture to event"
              .formatted(sorted.get(sorted.size() / 2), sorted.get(sorted.size() * 95 / 100)));
    }
    line(text, "revisions", revisions.toString());
    if (dead > 0) {
      line(text, "dead letters", Long.toString(dead));
    }
    line(text, "missing", Integer.toString(waiting.size()));
    if (doubles > 0) {
      line(text, "twice", Long.toString(doubles));
    }
    return text.toString();
  }

  private String found() {
    List<String> parts = new ArrayList<>();
    objects.entrySet().stream()
        .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
        .limit(8)
        .forEach(e -> parts.add(e.getValue() + " " + e.getKey()));
    return parts.isEmpty() ? "nothing" : String.join(", ", parts);
  }

  static void line(StringBuilder text, String name, String value) {
    text.append(String.format(Locale.ROOT, "%-13s %s%n", name, value));
  }
}
