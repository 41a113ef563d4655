package dev.millrace.pipeline.stream;

import dev.millrace.components.modeling.Detection;
import dev.millrace.components.modeling.Detections;
import dev.millrace.components.modeling.Keypoint;
import dev.millrace.components.modeling.Mask;
import dev.millrace.components.modeling.Segment;
import dev.millrace.connectors.DetectionEvent;
import java.util.List;

/** A model's answer as the event that the world sees. */
final class Events {

  private Events() {}

  /**
   * @throws IllegalStateException if the model answered with a number that is none, or infinite
   * @param startNanos when its batch went into the model
   * @param inferNanos how long the model took
   */
  static DetectionEvent of(
      DecodedFrame frame,
      DetectionEvent.Revision revision,
      Detections found,
      long startNanos,
      long inferNanos,
      int batchSize) {
    var record = frame.record();
    var position = record.position();
    long queued = startNanos - frame.arrivedNanos() - frame.decodeNanos();
    return new DetectionEvent(
        record.camera(),
        new DetectionEvent.Source(
            position.topic(),
            position.partition(),
            position.offset(),
            record.capturedAt(),
            frame.pixels().width(),
            frame.pixels().height()),
        revision,
        found.objects().stream().map(Events::object).toList(),
        found.segments().stream().map(Events::segment).toList(),
        new DetectionEvent.Timings(
            Math.max(0, queued) / 1000, frame.decodeNanos() / 1000, inferNanos / 1000),
        batchSize);
  }

  private static DetectionEvent.DetectedObject object(Detection o) {
    // A sum is finite if and only if all of its parts are, for sizes that a picture can have.
    float sum = o.x1() + o.y1() + o.x2() + o.y2() + o.score();
    for (Keypoint keypoint : o.keypoints()) {
      sum += keypoint.x() + keypoint.y() + keypoint.score();
    }
    boolean finite = Float.isFinite(sum);
    for (List<Float> numbers : o.attributes().values()) {
      finite &= numbers.stream().allMatch(Float::isFinite);
    }
    if (!finite) {
      throw new IllegalStateException(
          "the model answered with a number that is none, or infinite: "
              + new Detection(
                  o.x1(),
                  o.y1(),
                  o.x2(),
                  o.y2(),
                  o.classId(),
                  o.label(),
                  o.score(),
                  null,
                  o.keypoints(),
                  o.attributes()));
    }
    return new DetectionEvent.DetectedObject(
        List.of(o.x1(), o.y1(), o.x2(), o.y2()),
        o.label(),
        o.classId(),
        o.score(),
        null,
        o.mask() == null ? null : mask(o.mask()),
        o.keypoints().stream()
            .map(k -> new DetectionEvent.Keypoint(k.x(), k.y(), k.score()))
            .toList(),
        o.attributes());
  }

  private static DetectionEvent.Segment segment(Segment s) {
    if (!Float.isFinite(s.score())) {
      throw new IllegalStateException(
          "the model answered with a segment, " + s.label() + ", of score " + s.score());
    }
    return new DetectionEvent.Segment(
        s.id(), s.thing(), s.classId(), s.label(), s.score(), s.area(), mask(s.mask()));
  }

  private static DetectionEvent.Mask mask(Mask mask) {
    return new DetectionEvent.Mask(mask.height(), mask.width(), mask.counts());
  }
}
