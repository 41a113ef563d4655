package dev.millrace.pipeline.evaluation;

import dev.millrace.pipeline.dataset.TrueBox;

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
 */
public record ScoredBox(
    long imageId, long categoryId, double score, double x1, double y1, double x2, double y2) {

  public ScoredBox {
    if (!Double.isFinite(score) || !Double.isFinite(x1 + y1 + x2 + y2)) {
      throw new IllegalArgumentException(
          "a detection with a number that is not finite in image " + imageId);
    }
  }

  double area() {
    return (x2 - x1) * (y2 - y1);
  }

  /**
   * Intersection over union; with a crowd, over the detection's own area. 0 to 1 for boxes that are
   * boxes.
   */
  double overlap(TrueBox box) {
    double width = Math.max(0, Math.min(x2, box.x2()) - Math.max(x1, box.x1()));
    double height = Math.max(0, Math.min(y2, box.y2()) - Math.max(y1, box.y1()));
    double both = width * height;
    double union =
        box.crowd() ? area() : area() + (box.x2() - box.x1()) * (box.y2() - box.y1()) - both;
    return both / Math.max(union, 1e-9);
  }
}
