package dev.millrace.components.modeling;

import java.util.List;

/** What was found in one frame, best score first. Plain values: may leave the lane. */
public record Detections(List<Detection> objects) {
  public Detections {
    objects = List.copyOf(objects);
  }
}
