package dev.millrace.pipeline.evaluation;

import dev.millrace.components.modeling.Keypoint;
import dev.millrace.pipeline.dataset.TrueBox;
import dev.millrace.pipeline.dataset.TrueKeypoint;
import java.util.List;

/**
 * COCO's object keypoint similarity, OKS: the mean over the labelled keypoints of exp(-d² / (8 k²
 * s²)), d the distance in pixels, s² the object's area, k how exactly people mark that part of the
 * body. Of an object without labelled keypoints, all of them against a box three times as wide and
 * high: it need not be found, but what lies there is no mistake.
 */
final class KeypointSimilarity implements Measure.Overlap {

  /**
   * COCO's k of nose, eyes, ears, shoulders, elbows, wrists, hips, knees, ankles, measured on 5000
   * pictures that several people marked.
   */
  private static final double[] SIGMAS = {
    .026, .025, .025, .035, .035, .079, .079, .072, .072, .062, .062, .107, .107, .087, .087, .089,
    .089
  };

  /** Keypoints of a person; others cannot be measured. */
  static final int COUNT = SIGMAS.length;

  @Override
  public double[][] of(List<ScoredBox> found, List<TrueBox> there) {
    double[][] similarity = new double[found.size()][there.size()];
    for (int d = 0; d < found.size(); d++) {
      for (int t = 0; t < there.size(); t++) {
        similarity[d][t] = similarity(found.get(d).keypoints(), there.get(t));
      }
    }
    return similarity;
  }

  private double similarity(List<Keypoint> found, TrueBox there) {
    boolean labelled = has(there);
    double width = there.x2() - there.x1();
    double height = there.y2() - there.y1();
    double sum = 0;
    int count = 0;
    for (int i = 0; i < COUNT; i++) {
      Keypoint point = found.get(i);
      double dx;
      double dy;
      if (labelled) {
        TrueKeypoint truth = there.keypoints().get(i);
        if (!truth.labelled()) {
          continue;
        }
        dx = point.x() - truth.x();
        dy = point.y() - truth.y();
      } else {
        dx = outside(point.x(), there.x1() - width, there.x1() + 2 * width);
        dy = outside(point.y(), there.y1() - height, there.y1() + 2 * height);
      }
      double variance = 4 * SIGMAS[i] * SIGMAS[i];
      sum += Math.exp(-(dx * dx + dy * dy) / variance / (there.area() + Math.ulp(1.0)) / 2);
      count++;
    }
    return sum / count;
  }

  private static double outside(double v, double least, double most) {
    return Math.max(0, least - v) + Math.max(0, v - most);
  }

  @Override
  public boolean has(ScoredBox found) {
    return found.keypoints().size() == COUNT;
  }

  @Override
  public boolean has(TrueBox there) {
    return there.keypoints().size() == COUNT
        && there.keypoints().stream().anyMatch(TrueKeypoint::labelled);
  }

  /** The box's, as Detectron2 evaluates. */
  @Override
  public double area(ScoredBox found) {
    return found.area();
  }
}
