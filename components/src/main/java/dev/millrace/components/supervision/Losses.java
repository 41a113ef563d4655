package dev.millrace.components.supervision;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.nn.Activation;

/** Losses that DJL lacks or has in another form. All are differentiable in their first argument. */
public final class Losses {

  private Losses() {}

  /**
   * Binary cross entropy of logits, summed: torch's {@code
   * binary_cross_entropy_with_logits(reduction="sum")}.
   *
   * @param logits any shape
   * @param targets of the same shape, 0 to 1
   */
  public static NDArray binaryCrossEntropyWithLogits(NDArray logits, NDArray targets) {
    return elementwise(logits, targets).sum();
  }

  private static NDArray elementwise(NDArray logits, NDArray targets) {
    // max(x, 0) - x y + log(1 + exp(-|x|)) never overflows
    return Scalars.atLeast(logits, 0)
        .sub(logits.mul(targets))
        .add(logits.abs().neg().exp().add(1f).log());
  }

  /**
   * Binary cross entropy in which what is right already counts less (Lin et al., Focal Loss for
   * Dense Object Detection, 2017), summed, as fvcore's {@code sigmoid_focal_loss}.
   *
   * @param logits any shape
   * @param targets of the same shape, 0 or 1
   * @param alpha weight of ones, against 1 - alpha of zeros; below 0: both weigh 1
   * @param gamma the power of how far a probability is from its target
   */
  public static NDArray sigmoidFocal(NDArray logits, NDArray targets, double alpha, double gamma) {
    NDArray probability = Activation.sigmoid(logits);
    NDArray zeros = targets.neg().add(1f);
    // p for zeros, 1 - p for ones
    NDArray wrong = probability.mul(zeros).add(probability.neg().add(1f).mul(targets));
    NDArray loss = elementwise(logits, targets).mul(Scalars.power(wrong, gamma));
    if (alpha < 0) {
      return loss.sum();
    }
    return loss.mul(Scalars.times(targets, alpha).add(Scalars.times(zeros, 1 - alpha))).sum();
  }

  /**
   * Cross entropy of logits, averaged: torch's {@code cross_entropy}; 0 where there are no rows.
   *
   * @param logits (M, K)
   * @param classes (M) int64
   */
  public static NDArray crossEntropy(NDArray logits, NDArray classes) {
    long rows = logits.getShape().get(0);
    if (rows == 0) {
      return logits.sum();
    }
    return logits.logSoftmax(-1).gather(classes.reshape(rows, 1), 1).mean().neg();
  }

  /**
   * Smooth L1 (Girshick, Fast R-CNN, 2015), summed, as fvcore's {@code smooth_l1_loss}: quadratic
   * below {@code beta}, linear above; L1 for a beta below 1e-5.
   */
  public static NDArray smoothL1(NDArray predictions, NDArray targets, double beta) {
    NDArray distance = predictions.sub(targets).abs();
    if (beta < 1e-5) {
      return distance.sum();
    }
    NDArray near = distance.lt((float) beta).toType(DataType.FLOAT32, false);
    NDArray quadratic = Scalars.times(distance.mul(distance), 0.5 / beta);
    NDArray linear = distance.sub((float) (0.5 * beta));
    return near.mul(quadratic).add(near.neg().add(1f).mul(linear)).sum();
  }

  /**
   * 1 - generalised intersection over union (Rezatofighi et al., 2019), summed, as fvcore's {@code
   * giou_loss}.
   *
   * @param predictions (M, 4) boxes, x1 &lt;= x2 and y1 &lt;= y2
   * @param targets (M, 4) boxes
   */
  public static NDArray giou(NDArray predictions, NDArray targets) {
    float epsilon = 1e-7f;
    NDArray low = predictions.get(":, 0:2");
    NDArray high = predictions.get(":, 2:4");
    NDArray trueLow = targets.get(":, 0:2");
    NDArray trueHigh = targets.get(":, 2:4");
    NDArray both = area(Scalars.atLeast(high.minimum(trueHigh).sub(low.maximum(trueLow)), 0));
    NDArray union = area(high.sub(low)).add(area(trueHigh.sub(trueLow))).sub(both);
    NDArray hull = area(high.maximum(trueHigh).sub(low.minimum(trueLow)));
    NDArray giou = both.div(union.add(epsilon)).sub(hull.sub(union).div(hull.add(epsilon)));
    return giou.neg().add(1f).sum();
  }

  private static NDArray area(NDArray size) {
    return size.get(":, 0").mul(size.get(":, 1"));
  }
}
