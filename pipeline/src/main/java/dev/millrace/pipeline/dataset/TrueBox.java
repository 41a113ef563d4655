package dev.millrace.pipeline.dataset;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A box that is there, in source pixels.
 *
 * @param area of the object in pixels, which is less than the box's where it was outlined
 * @param crowd whether it surrounds many objects; what lies in it counts neither for nor against
 * @param outline the object's pixels; null where nobody drew them
 * @param keypoints in the category's order; none where nobody marked any
 */
public record TrueBox(
    long imageId,
    long categoryId,
    double x1,
    double y1,
    double x2,
    double y2,
    double area,
    boolean crowd,
    @Nullable Outline outline,
    List<TrueKeypoint> keypoints) {

  public TrueBox {
    keypoints = List.copyOf(keypoints);
  }

  /** A box alone. */
  public TrueBox(
      long imageId,
      long categoryId,
      double x1,
      double y1,
      double x2,
      double y2,
      double area,
      boolean crowd) {
    this(imageId, categoryId, x1, y1, x2, y2, area, crowd, null, List.of());
  }
}
