package dev.millrace.components.modeling;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One object in a frame.
 *
 * @param x1 left edge in source pixels
 * @param y1 top edge in source pixels
 * @param x2 right edge in source pixels
 * @param y2 bottom edge in source pixels
 * @param classId the model's class index, from 0
 * @param label the class's name
 * @param score confidence, 0 to 1
 * @param mask its pixels; null where the model has no mask head
 * @param keypoints none where the model has no keypoint head
 * @param attributes what a plugin's own heads say of it, by the name of their field
 */
public record Detection(
    float x1,
    float y1,
    float x2,
    float y2,
    int classId,
    String label,
    float score,
    @Nullable Mask mask,
    List<Keypoint> keypoints,
    Map<String, List<Float>> attributes) {

  public Detection {
    keypoints = List.copyOf(keypoints);
    attributes = Map.copyOf(attributes);
  }

  /** A box alone. */
  public Detection(float x1, float y1, float x2, float y2, int classId, String label, float score) {
    this(x1, y1, x2, y2, classId, label, score, null, List.of(), Map.of());
  }
}
