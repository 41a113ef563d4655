package dev.millrace.pipeline.cli;

import dev.millrace.connectors.DetectionEvent;
import dev.millrace.connectors.DetectionEvent.DetectedObject;
import dev.millrace.connectors.DetectionEvent.Keypoint;
import dev.millrace.connectors.DetectionEvent.Mask;
import dev.millrace.connectors.DetectionEvent.Segment;
import dev.millrace.connectors.format.RunLengths;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How far apart two events of one frame are that name the same objects. For one use. */
final class EventChange {

  private float boxes;
  private float keypoints;
  private long masks;
  private long segments;
  private boolean others;

  private EventChange() {}

  /** {@code boxes or scores moved by up to 0.5, masks changed by up to 12 pixels}. */
  static String between(DetectionEvent was, DetectionEvent now) {
    EventChange change = new EventChange();
    change.others = was.segments().size() != now.segments().size();
    for (int i = 0; i < Math.min(was.detections().size(), now.detections().size()); i++) {
      change.add(was.detections().get(i), now.detections().get(i));
    }
    for (int i = 0; i < Math.min(was.segments().size(), now.segments().size()); i++) {
      change.add(was.segments().get(i), now.segments().get(i));
    }
    return change.text();
  }

  private void add(DetectedObject was, DetectedObject now) {
    boxes = Math.max(boxes, Math.abs(was.score() - now.score()));
    for (int side = 0; side < 4; side++) {
      boxes = Math.max(boxes, Math.abs(was.box().get(side) - now.box().get(side)));
    }
    Mask mask = was.mask();
    if (mask != null && now.mask() != null) {
      masks = Math.max(masks, pixels(mask, now.mask()));
    }
    others |=
        (mask == null) != (now.mask() == null)
            || was.keypoints().size() != now.keypoints().size()
            || !was.attributes().equals(now.attributes());
    for (int i = 0; i < Math.min(was.keypoints().size(), now.keypoints().size()); i++) {
      Keypoint a = was.keypoints().get(i);
      Keypoint b = now.keypoints().get(i);
      keypoints = Math.max(keypoints, Math.abs(a.score() - b.score()));
      keypoints = Math.max(keypoints, Math.max(Math.abs(a.x() - b.x()), Math.abs(a.y() - b.y())));
    }
  }

  private void add(Segment was, Segment now) {
    others |= !was.label().equals(now.label()) || was.id() != now.id();
    segments = Math.max(segments, pixels(was.mask(), now.mask()));
  }

  /** That are in one of two masks only. */
  private static long pixels(Mask was, Mask now) {
    if (was.equals(now)) {
      return 0;
    }
    RunLengths a = RunLengths.decode(was.height(), was.width(), was.counts());
    RunLengths b = RunLengths.decode(now.height(), now.width(), now.counts());
    return a.height() == b.height() && a.width() == b.width()
        ? a.area() + b.area() - 2 * a.common(b)
        : a.area() + b.area();
  }

  private String text() {
    List<String> changes = new ArrayList<>();
    add(changes, "boxes or scores moved by up to ", boxes > 0 ? boxes : null, "");
    add(changes, "keypoints or their scores moved by up to ", keypoints > 0 ? keypoints : null, "");
    add(changes, "masks changed by up to ", masks > 0 ? masks : null, " pixels");
    add(changes, "segments changed by up to ", segments > 0 ? segments : null, " pixels");
    if (others || changes.isEmpty()) {
      changes.add("other members differ");
    }
    return String.join(", ", changes);
  }

  private static void add(List<String> changes, String what, @Nullable Number most, String unit) {
    if (most != null) {
      changes.add(what + most + unit);
    }
  }
}
