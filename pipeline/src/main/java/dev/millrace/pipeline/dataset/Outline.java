package dev.millrace.pipeline.dataset;

import dev.millrace.components.supervision.PolygonFill;
import dev.millrace.connectors.format.RunLengths;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import tools.jackson.core.JsonGenerator;

/** Which pixels an object takes, as COCO's files say it. Immutable. */
public sealed interface Outline {

  /** In a picture of this size, in pixels. */
  RunLengths pixels(int height, int width);

  /** As the value of COCO's {@code segmentation}. */
  void write(JsonGenerator json);

  /** What is inside of any of some polygons: the visible parts of an object. */
  final class Polygons implements Outline {

    private final List<double[]> corners;

    /**
     * @param corners of each x1, y1, x2, y2 and so on in source pixels, three corners or more
     */
    public Polygons(List<double[]> corners) {
      this.corners = corners.stream().map(double[]::clone).toList();
    }

    /** x1, y1, x2, y2 and so on of each; copies. */
    public List<double[]> corners() {
      return corners.stream().map(double[]::clone).toList();
    }

    @Override
    public RunLengths pixels(int height, int width) {
      List<RunLengths> parts = new ArrayList<>();
      corners.forEach(polygon -> parts.add(filled(polygon, height, width)));
      return RunLengths.union(parts);
    }

    private static RunLengths filled(double[] polygon, int height, int width) {
      int[] turns = PolygonFill.turns(polygon, height, width);
      int last = height * width;
      boolean inside = turns.length > 0 && turns[turns.length - 1] == last; // to the last pixel
      int[] runs = new int[inside ? turns.length : turns.length + 1];
      int from = 0;
      for (int i = 0; i < runs.length; i++) {
        int to = i < turns.length ? turns[i] : last;
        runs[i] = to - from;
        from = to;
      }
      return RunLengths.of(height, width, runs);
    }

    @Override
    public void write(JsonGenerator json) {
      json.writeStartArray();
      for (double[] polygon : corners) {
        json.writeArray(polygon, 0, polygon.length);
      }
      json.writeEndArray();
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Polygons polygons
          && Arrays.deepEquals(corners.toArray(), polygons.corners.toArray());
    }

    @Override
    public int hashCode() {
      return Arrays.deepHashCode(corners.toArray());
    }
  }

  /**
   * Pixel by pixel, as crowds are.
   *
   * @param runs of the picture's size
   */
  record Runs(RunLengths runs) implements Outline {

    @Override
    public RunLengths pixels(int height, int width) {
      if (height != runs.height() || width != runs.width()) {
        throw new IllegalArgumentException(
            "an outline in a picture of " + height + " x " + width + " is a " + runs);
      }
      return runs;
    }

    @Override
    public void write(JsonGenerator json) {
      json.writeStartObject();
      json.writeName("size");
      json.writeArray(new int[] {runs.height(), runs.width()}, 0, 2);
      json.writeName("counts");
      int[] counts = runs.counts();
      json.writeArray(counts, 0, counts.length);
      json.writeEndObject();
    }
  }
}
