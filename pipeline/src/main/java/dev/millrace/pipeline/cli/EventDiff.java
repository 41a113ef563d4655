package dev.millrace.pipeline.cli;

import dev.millrace.connectors.DetectionEvent;
import dev.millrace.connectors.FramePosition;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a model finds in frames against what another found in them. For one thread. */
final class EventDiff {

  private final Map<FramePosition, DetectionEvent> before = new HashMap<>();
  private int same;
  private int changed;
  private int added;

  /** An event that is there; of several of one frame the last counts. */
  void before(DetectionEvent event) {
    before.put(event.frame().position(), event);
  }

  /**
   * The same frame now.
   *
   * @return what is different, as a line; null if nothing is
   */
  @Nullable String now(DetectionEvent event) {
    DetectionEvent was = before.remove(event.frame().position());
    if (was == null) {
      added++;
      return head(event) + "no event before, now " + EventText.objects(event);
    }
    if (was.detections().equals(event.detections()) && was.segments().equals(event.segments())) {
      same++;
      return null;
    }
    changed++;
    String then = EventText.objects(was);
    String now = EventText.objects(event);
    return head(event)
        + (then.equals(now) ? EventChange.between(was, event) : then + "  ->  " + now);
  }

  /** Events of frames that nothing was said of now, a line each. */
  List<String> gone() {
    List<DetectionEvent> left = new ArrayList<>(before.values());
    left.sort(
        Comparator.comparingInt((DetectionEvent e) -> e.frame().partition())
            .thenComparingLong(e -> e.frame().offset()));
    return left.stream().map(e -> head(e) + EventText.objects(e) + "  ->  no event").toList();
  }

  boolean same() {
    return changed == 0 && added == 0 && before.isEmpty();
  }

  String summary(String topic) {
    return same
        + " frames as on "
        + topic
        + ", "
        + changed
        + " different, "
        + added
        + " without an event there, "
        + before.size()
        + " without one now";
  }

  private static String head(DetectionEvent event) {
    return event.frame().position() + "  " + EventText.clean(event.camera()) + "  ";
  }
}
