package dev.millrace.components.modeling;

import java.util.List;

/**
 * What was found in one frame, best score first. Plain values: may leave the lane.
 *
 * @param objects what can be counted
 * @param segments the parts of the whole frame, by a panoptic model; else none
 */
public record Detections(List<Detection> objects, List<Segment> segments) {
  public Detections {
    objects = List.copyOf(objects);
    segments = List.copyOf(segments);
  }

  /** Objects alone. */
  public Detections(List<Detection> objects) {
    this(objects, List.of());
  }
}
