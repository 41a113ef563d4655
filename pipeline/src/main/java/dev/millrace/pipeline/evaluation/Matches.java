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

  private static final int MOST_DETECTIONS = 100;

  /**
   * Matches greedily: the surest detection first, each to the free true box that it overlaps most.
   * Boxes that do not count come last, and one that counts is never given up for them.
   */
  static Matches of(List<ScoredBox> detections, List<TrueBox> truth, AreaRange range) {
    List<ScoredBox> found =
        detections.stream()
            .sorted(Comparator.comparingDouble(d -> -d.score()))
            .limit(MOST_DETECTIONS)
            .toList();
    List<TrueBox> boxes =
        truth.stream().sorted(Comparator.comparing(box -> !counts(box, range))).toList();
    double[][] overlap = new double[found.size()][boxes.size()];
    for (int d = 0; d < found.size(); d++) {
      for (int b = 0; b < boxes.size(); b++) {
        overlap[d][b] = found.get(d).overlap(boxes.get(b));
      }
    }
    Verdict[][] verdicts = new Verdict[AveragePrecision.THRESHOLDS.length][];
    for (int t = 0; t < verdicts.length; t++) {
      verdicts[t] = judge(found, boxes, overlap, AveragePrecision.THRESHOLDS[t], range);
    }
    return new Matches(found.stream().mapToDouble(ScoredBox::score).toArray(), verdicts);
  }

  static boolean counts(TrueBox box, AreaRange range) {
    return !box.crowd() && range.contains(box.area());
  }

  private static Verdict[] judge(
      List<ScoredBox> found,
      List<TrueBox> boxes,
      double[][] overlap,
      double threshold,
      AreaRange range) {
    boolean[] taken = new boolean[boxes.size()];
    Verdict[] verdicts = new Verdict[found.size()];
    for (int d = 0; d < verdicts.length; d++) {
      int match = match(boxes, overlap[d], taken, threshold, range);
      if (match >= 0) {
        taken[match] = true;
        verdicts[d] = counts(boxes.get(match), range) ? Verdict.RIGHT : Verdict.IGNORED;
      } else {
        verdicts[d] = range.contains(found.get(d).area()) ? Verdict.WRONG : Verdict.IGNORED;
      }
    }
    return verdicts;
  }

  private static int match(
      List<TrueBox> boxes, double[] overlap, boolean[] taken, double threshold, AreaRange range) {
    double best = Math.min(threshold, 1 - 1e-10);
    int match = -1;
    for (int b = 0; b < boxes.size(); b++) {
      if (taken[b] && !boxes.get(b).crowd()) {
        continue;
      }
      if (match >= 0 && counts(boxes.get(match), range) && !counts(boxes.get(b), range)) {
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
