package dev.millrace.connectors;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What was found in one frame; one for every frame, also when nothing was. Its JSON form is
 * described by {@code detection-event.schema.json} beside this class.
 */
public record DetectionEvent(
    String camera,
    Source frame,
    Revision revision,
    List<DetectedObject> detections,
    Timings timings,
    int batchSize) {

  /** The frame: where it lies, when it was taken, its size in pixels. */
  public record Source(
      String topic, int partition, long offset, Instant capturedAt, int width, int height) {
    public FramePosition position() {
      return new FramePosition(topic, partition, offset);
    }
  }

  /**
   * Which model made the event: a number that grows with every swap, and hashes {@code sha256:...}.
   */
  public record Revision(long id, String config, String weights) {}

  /**
   * @param box x1, y1, x2, y2 in source pixels
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record DetectedObject(
      List<Float> box, String label, int classId, float score, @Nullable Integer trackId) {}

  /**
   * Microseconds: waiting (from arrival to the start of inference, decode excluded), decoding,
   * inference of its batch.
   */
  public record Timings(long queueMicros, long decodeMicros, long inferMicros) {}
}
