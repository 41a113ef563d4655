package dev.millrace.pipeline.stream;

import dev.millrace.components.modeling.Detections;
import dev.millrace.connectors.DetectionEvent;
import java.util.List;

/** A model's answer as the event that the world sees. */
final class Events {

  private Events() {}

  /**
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
        found.objects().stream()
            .map(
                o ->
                    new DetectionEvent.DetectedObject(
                        List.of(o.x1(), o.y1(), o.x2(), o.y2()),
                        o.label(),
                        o.classId(),
                        o.score(),
                        null))
            .toList(),
        new DetectionEvent.Timings(
            Math.max(0, queued) / 1000, frame.decodeNanos() / 1000, inferNanos / 1000),
        batchSize);
  }
}
