package dev.millrace.pipeline.evaluation;

import dev.millrace.components.modeling.Keypoint;
import dev.millrace.connectors.format.RunLengths;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A detection to be judged.
 *
 * @param imageId COCO's id of the image
 * @param categoryId COCO's id of the class, not the model's class index
 * @param score higher is surer; only the order counts
 * @param x1 left edge, source pixels
 * @param y1 upper edge
 * @param x2 right edge
 * @param y2 lower edge
 * @param mask its pixels; null of a model that makes no masks
 * @param keypoints none of a model that makes none
 */
public record ScoredBox(
    long imageId,
    long categoryId,
    double score,
    double x1,
    double y1,
    double x2,
    double y2,
    @Nullable RunLengths mask,
    List<Keypoint> keypoints) {

  public ScoredBox {
    keypoints = List.copyOf(keypoints);
    if (!Double.isFinite(score) || !Double.isFinite(x1 + y1 + x2 + y2)) {
      throw new IllegalArgumentException(
          "a detection with a number that is not finite in image " + imageId);
    }
  }

  /** A box alone. */
  public ScoredBox(
      long imageId, long categoryId, double score, double x1, double y1, double x2, double y2) {
    this(imageId, categoryId, score, x1, y1, x2, y2, null, List.of());
  }

  double area() {
    return (x2 - x1) * (y2 - y1);
  }
}
