package dev.millrace.connectors.format;

import dev.millrace.connectors.DetectionEvent;
import dev.millrace.connectors.DetectionEvent.DetectedObject;
import dev.millrace.connectors.DetectionEvent.Mask;
import dev.millrace.connectors.DetectionEvent.Segment;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What holds of an event that was read, so that nobody has to ask again. */
final class EventCheck {

  private EventCheck() {}

  /** What is wrong; null if nothing is. */
  @SuppressWarnings("ConstantValue") // Jackson leaves null what a document lacks
  static @Nullable String problem(@Nullable DetectionEvent event) {
    if (event == null
        || event.camera() == null
        || event.frame() == null
        || event.frame().topic() == null
        || event.frame().capturedAt() == null
        || event.revision() == null
        || event.detections() == null
        || event.timings() == null
        || event.detections().stream().anyMatch(EventCheck::lacksSomething)
        || event.segments().stream().anyMatch(s -> s.label() == null || s.mask() == null)) {
      return "a member is missing";
    }
    List<DetectedObject> objects = event.detections();
    for (int i = 0; i < objects.size(); i++) {
      Mask mask = objects.get(i).mask();
      String problem = mask == null ? null : problem(mask);
      if (problem != null) {
        return "detections[" + i + "]: " + problem;
      }
    }
    List<Segment> segments = event.segments();
    for (int i = 0; i < segments.size(); i++) {
      String problem = problem(segments.get(i).mask());
      if (problem != null) {
        return "segments[" + i + "]: " + problem;
      }
    }
    return null;
  }

  @SuppressWarnings("ConstantValue")
  private static boolean lacksSomething(@Nullable DetectedObject object) {
    return object == null
        || object.box() == null
        || object.box().size() != 4
        || object.box().stream().anyMatch(Objects::isNull)
        || object.label() == null;
  }

  private static @Nullable String problem(Mask mask) {
    try {
      RunLengths.decode(mask.height(), mask.width(), mask.counts());
      return null;
    } catch (IllegalArgumentException e) {
      return e.getMessage();
    }
  }
}
