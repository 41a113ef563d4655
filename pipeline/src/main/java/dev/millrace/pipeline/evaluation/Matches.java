package dev.millrace.pipeline.evaluation;

import dev.millrace.pipeline.dataset.TrueBox;
import java.util.Comparator;
import java.util.List;

/**
 * The detections of one category in one image against its true boxes.
 *
 * @param scores descending
 * @param verdicts for each IoU threshold, for each score
 */
@SuppressWarnings("ArrayRecordComponent") // private to the package, never compared
record Matches(double[] scores, Verdict[][] verdicts) {

  /**
   * Matches greedily: the surest detection first, each to the free true box that it overlaps most.
   * Boxes that do not count come last, and one that counts is never given up for them.
   */
  static Matches of(
      Measure measure, List<ScoredBox> detections, List<TrueBox> truth, AreaRange range) {
    List<ScoredBox> found =
        detections.stream()
            .sorted(Comparator.comparingDouble(d -> -d.score()))
            .limit(measure.mostDetections())
            .toList();
    List<TrueBox> boxes =
        truth.stream().sorted(Comparator.comparing(box -> !measure.counts(box, range))).toList();
    double[][] overlap = measure.overlap().of(found, boxes);
    Verdict[][] verdicts = new Verdict[AveragePrecision.THRESHOLDS.length][];
    for (int t = 0; t < verdicts.length; t++) {
      verdicts[t] = judge(measure, found, boxes, overlap, AveragePrecision.THRESHOLDS[t], range);
    }
    return new Matches(found.stream().mapToDouble(ScoredBox::score).toArray(), verdicts);
  }

  private static Verdict[] judge(
      Measure measure,
      List<ScoredBox> found,
      List<TrueBox> boxes,
      double[][] overlap,
      double threshold,
      AreaRange range) {
    boolean[] taken = new boolean[boxes.size()];
    Verdict[] verdicts = new Verdict[found.size()];
    for (int d = 0; d < verdicts.length; d++) {
      int match = match(measure, boxes, overlap[d], taken, threshold, range);
      if (match >= 0) {
        taken[match] = true;
        verdicts[d] = measure.counts(boxes.get(match), range) ? Verdict.RIGHT : Verdict.IGNORED;
      } else {
        verdicts[d] =
            range.contains(measure.overlap().area(found.get(d))) ? Verdict.WRONG : Verdict.IGNORED;
      }
    }
    return verdicts;
  }

  private static int match(
      Measure measure,
      List<TrueBox> boxes,
      double[] overlap,
      boolean[] taken,
      double threshold,
      AreaRange range) {
    double best = Math.min(threshold, 1 - 1e-10);
    int match = -1;
    for (int b = 0; b < boxes.size(); b++) {
      if (taken[b] && !boxes.get(b).crowd()) {
        continue;
      }
      if (match >= 0
          && measure.counts(boxes.get(match), range)
          && !measure.counts(boxes.get(b), range)) {
        break;
      }
      if (overlap[b] >= best) {
        best = overlap[b];
        match = b;
      }
    }
    return match;
  }
}
