package dev.millrace.components.supervision;

import java.util.Arrays;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * Detectron2's {@code subsample_labels}: a limited number of boxes of each image count, with a
 * limited share of positive ones; background fills up what positives leave.
 *
 * @param batchSizePerImage boxes that count at most
 * @param positiveFraction share of them that may be positive
 */
public record LabelSampler(int batchSizePerImage, double positiveFraction) {

  /** Indices of the boxes that count. */
  @SuppressWarnings("ArrayRecordComponent") // lives for one step
  public record Sample(int[] positive, int[] negative) {
    /** Positives first. */
    public int[] all() {
      return IntStream.concat(Arrays.stream(positive), Arrays.stream(negative)).toArray();
    }
  }

  public LabelSampler {
    if (batchSizePerImage < 1 || positiveFraction < 0 || positiveFraction > 1) {
      throw new IllegalArgumentException(
          "expected a positive batch size and a fraction of 0 to 1, found "
              + batchSizePerImage
              + " and "
              + positiveFraction);
    }
  }

  /**
   * @param labels -1: ignored; {@code background}; anything else: positive
   */
  public Sample sample(int[] labels, int background, Shuffle shuffle) {
    int[] positive = where(labels, label -> label != -1 && label != background);
    int[] negative = where(labels, label -> label == background);
    int positives = Math.min(positive.length, (int) (batchSizePerImage * positiveFraction));
    int negatives = Math.min(negative.length, batchSizePerImage - positives);
    return new Sample(choose(positive, positives, shuffle), choose(negative, negatives, shuffle));
  }

  private static int[] where(int[] labels, IntPredicate wanted) {
    return IntStream.range(0, labels.length).filter(i -> wanted.test(labels[i])).toArray();
  }

  private static int[] choose(int[] from, int count, Shuffle shuffle) {
    int[] order = shuffle.permutation(from.length);
    return IntStream.range(0, count).map(i -> from[order[i]]).toArray();
  }
}
