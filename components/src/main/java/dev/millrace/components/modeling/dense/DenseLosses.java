package dev.millrace.components.modeling.dense;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.millrace.components.modeling.BoxCoding;
import dev.millrace.components.modeling.BoxLoss;
import dev.millrace.components.modeling.proposal.AnchorPredictions;
import dev.millrace.components.supervision.Losses;
import dev.millrace.components.supervision.Scalars;
import dev.millrace.components.supervision.Supervision;
import java.util.stream.IntStream;

/**
 * The losses that dense detectors have in common, each summed over all anchors.
 *
 * @param focalLossAlpha weight of objects against background's 1 - alpha; below 0: both weigh 1
 * @param focalLossGamma how much less a probability counts that is right already
 * @param boxLoss of the anchors that answer for an object
 */
public record DenseLosses(double focalLossAlpha, double focalLossGamma, BoxLoss boxLoss) {

  private static final double MOMENTUM = 0.9;

  public DenseLosses {
    if (!(focalLossAlpha <= 1) || !(focalLossGamma >= 0)) {
      throw new IllegalArgumentException(
          "expected a focalLossAlpha of 1 or less and a focalLossGamma of 0 or more, found "
              + focalLossAlpha
              + " and "
              + focalLossGamma);
    }
  }

  /**
   * What the losses are divided by: a running average of the number of objects' anchors, which
   * differs much from one small batch to the next.
   *
   * @param first what it begins with
   */
  static double normalizer(Supervision supervision, DenseTargets targets, double first) {
    return supervision.average(
        "loss_normalizer", Math.max(1, targets.positive().length), first, MOMENTUM);
  }

  /**
   * The focal loss of all that is told something.
   *
   * @param all anchors, with logits as scores
   */
  NDArray classification(AnchorPredictions all, DenseTargets targets) {
    NDArray logits = all.scores();
    NDManager manager = logits.getManager();
    int classes = Math.toIntExact(logits.getShape().get(2));
    int[] valid = targets.valid();
    long[] labels = IntStream.of(valid).mapToLong(i -> targets.labels()[i]).toArray();
    // One column a class; background has none, so its rows are zeros.
    NDArray oneHot =
        manager
            .create(labels, new Shape(labels.length, 1))
            .eq(manager.arange(0, classes, 1, DataType.INT64).reshape(1, classes))
            .toType(DataType.FLOAT32, false);
    return Losses.sigmoidFocal(rows(logits, valid), oneHot, focalLossAlpha, focalLossGamma);
  }

  /** The box loss of the anchors that answer for an object. */
  NDArray boxes(AnchorPredictions all, DenseTargets targets, BoxCoding coding) {
    NDArray deltas = all.deltas();
    return targets.positive().length == 0
        ? Scalars.times(deltas.sum(), 0) // keeps the gradient's path
        : boxLoss.sum(rows(deltas, targets.positive()), targets.starts(), targets.truth(), coding);
  }

  /** Some rows of (N, R, D), counted through the batch. */
  static NDArray rows(NDArray values, int[] rows) {
    long[] indices = IntStream.of(rows).asLongStream().toArray();
    return values.reshape(-1, values.getShape().get(2)).get(values.getManager().create(indices));
  }
}
