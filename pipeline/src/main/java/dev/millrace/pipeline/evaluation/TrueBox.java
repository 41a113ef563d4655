package dev.millrace.pipeline.evaluation;

/**
 * A box that is there, in source pixels.
 *
 * @param area of the object in pixels, which is less than the box's where it was outlined
 * @param crowd whether it surrounds many objects; what lies in it counts neither for nor against
 */
public record TrueBox(
    long imageId,
    long categoryId,
    double x1,
    double y1,
    double x2,
    double y2,
    double area,
    boolean crowd) {

  /**
   * Intersection over union; with a crowd, over the detection's own area. 0 to 1 for boxes that are
   * boxes.
   */
  double overlap(ScoredBox found) {
    double width = Math.max(0, Math.min(x2, found.x2()) - Math.max(x1, found.x1()));
    double height = Math.max(0, Math.min(y2, found.y2()) - Math.max(y1, found.y1()));
    double both = width * height;
    double union = crowd ? found.area() : found.area() + (x2 - x1) * (y2 - y1) - both;
    return both / Math.max(union, 1e-9);
  }
}
