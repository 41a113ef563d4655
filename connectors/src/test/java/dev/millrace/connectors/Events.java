package dev.millrace.connectors;

import dev.millrace.connectors.DetectionEvent.DetectedObject;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Events as a detector makes them. */
public final class Events {
  private static final String HASH = "sha256:" + "0123456789abcdef".repeat(4);

  private Events() {}

  public static DetectionEvent of(FramePosition position, String camera, Instant capturedAt) {
    return new DetectionEvent(
        camera,
        new DetectionEvent.Source(
            position.topic(), position.partition(), position.offset(), capturedAt, 768, 576),
        new DetectionEvent.Revision(7, HASH, HASH),
        List.of(
            new DetectedObject(List.of(12.1f, 40.0f, 88.7f, 201.3f), "person", 0, 0.983f, 12),
            new DetectedObject(List.of(0f, 1e-5f, 767.99994f, 576f), "dog \"ü\"", 16, 1f, null)),
        new DetectionEvent.Timings(900, 5200, 19800),
        4);
  }

  /** A frame without a value, as read under epoch 1. */
  public static FrameRecord frame(FramePosition position, String camera, Instant capturedAt) {
    return new FrameRecord(position, 1, camera, new byte[0], Map.of(), capturedAt);
  }

  public static DetectionEvent of(FrameRecord frame) {
    return of(frame.position(), frame.camera(), frame.capturedAt());
  }
}
