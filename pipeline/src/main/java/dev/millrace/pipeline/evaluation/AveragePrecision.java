package dev.millrace.pipeline.evaluation;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Average precision of one category as pycocotools computes it: the mean, over 101 recalls, of the
 * best precision at that recall or beyond.
 */
final class AveragePrecision {

  /** .50, .55, ..., .95 as {@code numpy.linspace(.5, .95, 10)} has them. */
  static final double[] THRESHOLDS = linspace(0.5, 0.95, 10);

  private static final double[] RECALLS = linspace(0, 1, 101);

  private AveragePrecision() {}

  private static double[] linspace(double first, double last, int count) {
    double step = (last - first) / (count - 1);
    double[] values = IntStream.range(0, count).mapToDouble(i -> first + i * step).toArray();
    values[count - 1] = last;
    return values;
  }

  /**
   * AP of one category over all images.
   *
   * @param positives how many objects there are to find, at least 1
   * @param matches one for each image, in the dataset's order, which decides between equal scores
   * @return AP at each of {@link #THRESHOLDS}
   */
  static double[] of(int positives, List<Matches> matches) {
    int count = matches.stream().mapToInt(m -> m.scores().length).sum();
    Verdict[][] verdicts = new Verdict[THRESHOLDS.length][count];
    double[] scores = new double[count];
    int at = 0;
    for (Matches image : matches) {
      int length = image.scores().length;
      System.arraycopy(image.scores(), 0, scores, at, length);
      for (int t = 0; t < THRESHOLDS.length; t++) {
        System.arraycopy(image.verdicts()[t], 0, verdicts[t], at, length);
      }
      at += length;
    }
    int[] order =
        IntStream.range(0, count)
            .boxed()
            .sorted(Comparator.comparingDouble(i -> -scores[i]))
            .mapToInt(Integer::intValue)
            .toArray();
    return Arrays.stream(verdicts).mapToDouble(row -> of(positives, row, order)).toArray();
  }

  private static double of(int positives, Verdict[] verdicts, int[] order) {
    double[] recall = new double[order.length];
    double[] precision = new double[order.length];
    int right = 0;
    int wrong = 0;
    for (int i = 0; i < order.length; i++) {
      right += verdicts[order[i]] == Verdict.RIGHT ? 1 : 0;
      wrong += verdicts[order[i]] == Verdict.WRONG ? 1 : 0;
      recall[i] = right / (double) positives;
      precision[i] = right / Math.max(right + wrong, 1e-9);
    }
    for (int i = order.length - 2; i >= 0; i--) {
      precision[i] = Math.max(precision[i], precision[i + 1]);
    }
    double sum = 0;
    int at = 0;
    for (double wanted : RECALLS) {
      while (at < order.length && recall[at] < wanted) {
        at++;
      }
      sum += at < order.length ? precision[at] : 0;
    }
    return sum / RECALLS.length;
  }
}
