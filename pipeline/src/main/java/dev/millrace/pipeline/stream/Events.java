package dev.millrace.pipeline.stream;

import dev.millrace.components.modeling.Detection;
import dev.millrace.components.modeling.Detections;
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
        new DetectionEvent.Timings(
            Math.max(0, queued) / 1000, frame.decodeNanos() / 1000, inferNanos / 1000),
        batchSize);
  }

  private static DetectionEvent.DetectedObject object(Detection o) {
    // A sum is finite if and only if all of its parts are, for sizes that a picture can have.
    if (!Float.isFinite(o.x1() + o.y1() + o.x2() + o.y2() + o.score())) {
      throw new IllegalStateException("the model answered with " + o);
    }
    return new DetectionEvent.DetectedObject(
        List.of(o.x1(), o.y1(), o.x2(), o.y2()), o.label(), o.classId(), o.score(), null);
  }
}
