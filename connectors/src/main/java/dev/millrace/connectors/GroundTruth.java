package dev.millrace.connectors;

import java.util.List;

/**
 * What is really in a frame, known where the frame was made. Boxes are x1, y1, x2, y2 in pixels of
 * the frame, around what can be seen of an object; the right and lower edges are those of its last
 * pixels.
 *
 * @param width of the frame in pixels
 * @param height of the frame in pixels
 * @param objects what a detector should find
 * @param ignored what can be seen but need not be found: too small, too hidden or mostly outside
 */
public record GroundTruth(
    int width, int height, List<TrueObject> objects, List<TrueObject> ignored) {

  /**
   * @param classId index of the label among the source's labels
   * @param trackId the same for the same object in other frames of the camera
   * @param visible share of the object that can be seen, 0 to 1
   * @param area pixels of it that can be seen
   */
  public record TrueObject(
      float x1,
      float y1,
      float x2,
      float y2,
      String label,
      int classId,
      int trackId,
      float visible,
      float area) {}

  public GroundTruth {
    objects = List.copyOf(objects);
    ignored = List.copyOf(ignored);
  }

  /** The same truth of the frame in another size. */
  public GroundTruth scaledTo(int columns, int rows) {
    if (columns == width && rows == height) {
      return this;
    }
    return new GroundTruth(
        columns, rows, scaled(objects, columns, rows), scaled(ignored, columns, rows));
  }

  private List<TrueObject> scaled(List<TrueObject> all, int columns, int rows) {
    float across = (float) columns / width;
    float down = (float) rows / height;
    return all.stream()
        .map(
            o ->
                new TrueObject(
                    o.x1() * across,
                    o.y1() * down,
                    o.x2() * across,
                    o.y2() * down,
                    o.label(),
                    o.classId(),
                    o.trackId(),
                    o.visible(),
                    o.area() * across * down))
        .toList();
  }
}
