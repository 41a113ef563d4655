package dev.millrace.pipeline.cli;

import dev.millrace.connectors.DetectionEvent;
import dev.millrace.connectors.FramePosition;
import dev.millrace.connectors.format.FrameHeaders;
import dev.millrace.connectors.format.GroundTruthJson;
import dev.millrace.connectors.street.StreetClass;
import dev.millrace.pipeline.evaluation.Judgement;
import dev.millrace.pipeline.evaluation.LiveAccuracy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How right the events are of frames that were published with their truth. A truth waits for its
 * event; the oldest is forgotten when too many wait. Thread-safe.
 */
final class DemoAccuracy {

  private static final Duration RECENT = Duration.ofSeconds(10);
  private static final int MOST_WAITING = 8192;

  private record Early(DetectionEvent event, Instant at) {}

  private record Judged(Instant at, Judgement judgement) {}

  private static final class Bounded<V> extends LinkedHashMap<FramePosition, V> {
    private static final long serialVersionUID = 1;

    @Override
    protected boolean removeEldestEntry(Map.Entry<FramePosition, V> eldest) {
      return size() > MOST_WAITING;
    }
  }

  private final LiveAccuracy accuracy = new LiveAccuracy(StreetClass.labels());
  private final Map<FramePosition, String> truths = new Bounded<>();
  private final Map<FramePosition, Early> early =
      new Bounded<>(); // back before we knew their place
  private final Map<String, Deque<Judged>> recent = new TreeMap<>();

  synchronized void published(FramePosition position, Map<String, String> headers) {
    Early back = early.remove(position);
    String truth = headers.get(FrameHeaders.GROUND_TRUTH);
    if (truth == null) {
      return;
    }
    if (back == null) {
      truths.put(position, truth);
    } else {
      judge(truth, back.event(), back.at());
    }
  }

  synchronized void came(DetectionEvent event, Instant now) {
    String truth = truths.remove(event.frame().position());
    if (truth == null) {
      early.put(event.frame().position(), new Early(event, now));
    } else {
      judge(truth, event, now);
    }
  }

  private void judge(String truth, DetectionEvent event, Instant now) {
    Deque<Judged> frames = recent.computeIfAbsent(event.camera(), camera -> new ArrayDeque<>());
    frames.add(new Judged(now, accuracy.add(GroundTruthJson.read(truth), event.detections())));
    while (frames.element().at().isBefore(now.minus(RECENT))) {
      frames.remove();
    }
  }

  /** The last ten seconds of a camera: {@code P 0.93 R 0.88}; empty where no truth is known. */
  synchronized String recent(String camera) {
    Deque<Judged> frames = recent.get(camera);
    if (frames == null) {
      return "";
    }
    Judgement sum = frames.stream().map(Judged::judgement).reduce(Judgement.NONE, Judgement::plus);
    return "P " + share("%.2f", sum.precision()) + " R " + share("%.2f", sum.recall());
  }

  /**
   * Lines for people; empty where no truth is known.
   *
   * @param score below which the configuration drops detections; null: not known, or it changed
   */
  String summary(@Nullable Double score) {
    int cameras;
    synchronized (this) {
      cameras = recent.size();
    }
    if (cameras == 0) {
      return "";
    }
    Judgement total = accuracy.total();
    List<String> values = new ArrayList<>();
    values.add(
        "AP50 %s, precision %s, recall %s (%sIoU 0.5), %d camera%s"
            .formatted(
                share("%.3f", accuracy.ap50()),
                share("%.2f", total.precision()),
                share("%.2f", total.recall()),
                score == null ? "" : "score " + score + ", ",
                cameras,
                cameras == 1 ? "" : "s"));
    if (accuracy.frames() > LiveAccuracy.MOST_FRAMES) {
      values.add("AP50 is that of the last " + LiveAccuracy.MOST_FRAMES + " frames");
    }
    if (accuracy.leftOut() > 0) {
      values.add(
          "left out: %d detection%s with labels that no street has"
              .formatted(accuracy.leftOut(), accuracy.leftOut() == 1 ? "" : "s"));
    }
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < values.size(); i++) {
      DemoTally.line(text, i == 0 ? "accuracy" : "", values.get(i));
    }
    return text.toString();
  }

  private static String share(String format, double value) {
    return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, format, value);
  }
}
