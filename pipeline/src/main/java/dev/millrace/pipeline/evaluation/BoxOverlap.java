package dev.millrace.pipeline.evaluation;

import dev.millrace.pipeline.dataset.TrueBox;
import java.util.List;

/** Intersection over union of boxes; with a crowd, over the detection's own area. */
final class BoxOverlap implements Measure.Overlap {

  @Override
  public double[][] of(List<ScoredBox> found, List<TrueBox> there) {
    double[][] overlap = new double[found.size()][there.size()];
    for (int d = 0; d < found.size(); d++) {
      for (int t = 0; t < there.size(); t++) {
        overlap[d][t] = overlap(found.get(d), there.get(t));
      }
    }
    return overlap;
  }

  private static double overlap(ScoredBox found, TrueBox box) {
    double width = Math.max(0, Math.min(found.x2(), box.x2()) - Math.max(found.x1(), box.x1()));
    double height = Math.max(0, Math.min(found.y2(), box.y2()) - Math.max(found.y1(), box.y1()));
    double both = width * height;
    double own = found.area();
    double union = box.crowd() ? own : own + (box.x2() - box.x1()) * (box.y2() - box.y1()) - both;
    return both / Math.max(union, 1e-9);
  }

  @Override
  public boolean has(ScoredBox found) {
    return true;
  }

  @Override
  public boolean has(TrueBox there) {
    return true;
  }

  @Override
  public double area(ScoredBox found) {
    return found.area();
  }
}
