package dev.millrace.components.modeling.postprocess;

import dev.millrace.components.modeling.DenseArray;
import dev.millrace.components.modeling.DenseInstances;
import dev.millrace.components.modeling.Instances;
import dev.millrace.components.modeling.Keypoint;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What is known of a detection besides its box, in source pixels. */
final class DetectionFields {

  private final DenseInstances instances;
  private final @Nullable DenseArray masks;
  private final @Nullable DenseArray heatmaps;

  DetectionFields(DenseInstances instances) {
    this.instances = instances;
    masks = instances.fields().get(Instances.PRED_MASKS);
    heatmaps = instances.fields().get(Instances.PRED_KEYPOINT_HEATMAPS);
  }

  /**
   * The pixels of a detection; null where the model has no mask head.
   *
   * @param row of all images' detections
   * @param box in pixels of the source
   */
  @Nullable Rle mask(int row, float[] box, MaskPaste paste) {
    if (masks == null) {
      return null;
    }
    int h = Math.toIntExact(masks.shape()[2]);
    int w = Math.toIntExact(masks.shape()[3]);
    return paste.paste(masks.numbers(), row * h * w, h, w, box);
  }

  /** The keypoints of a detection; none where the model has no keypoint head. */
  List<Keypoint> keypoints(int row, float scaleX, float scaleY) {
    if (heatmaps == null) {
      return List.of();
    }
    int count = Math.toIntExact(heatmaps.shape()[2]);
    KeypointMaps maps =
        new KeypointMaps(
            Math.toIntExact(heatmaps.shape()[3]), Math.toIntExact(heatmaps.shape()[4]));
    float[] box = new float[4];
    System.arraycopy(instances.boxes(), 4 * row, box, 0, 4);
    float[] found = maps.find(heatmaps.numbers(), row * heatmaps.each(2), count, box);
    List<Keypoint> keypoints = new ArrayList<>(count);
    for (int i = 0; i < found.length; i += 3) {
      keypoints.add(new Keypoint(found[i] * scaleX, found[i + 1] * scaleY, found[i + 2]));
    }
    return keypoints;
  }

  /** The numbers of every other field. */
  Map<String, List<Float>> attributes(int row) {
    Map<String, List<Float>> attributes = new LinkedHashMap<>();
    instances
        .fields()
        .forEach(
            (name, field) -> {
              if (field != masks && field != heatmaps) {
                int each = field.each(2);
                List<Float> numbers = new ArrayList<>(each);
                for (int i = 0; i < each; i++) {
                  numbers.add(field.numbers()[row * each + i]);
                }
                attributes.put(name, numbers);
              }
            });
    return attributes;
  }
}
