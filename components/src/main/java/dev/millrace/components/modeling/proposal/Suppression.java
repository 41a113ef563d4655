package dev.millrace.components.modeling.proposal;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.millrace.components.trace.VisionOps;
import org.jspecify.annotations.Nullable;

/** Detectron2's {@code batched_nms}, and the best boxes of those that it leaves. */
public final class Suppression {

  private Suppression() {}

  /**
   * @param boxes (N, R, 4)
   * @param scores (N, R); minus infinity marks a row that takes no part
   * @param members (1 or N, G, R) boolean, which group a box belongs to: only those of its own
   *     suppress it; null: all are of one
   * @param iouThreshold 0 to 1
   * @param scoreThreshold boxes that do not score above it take no part
   * @param most how many are given at most
   * @return min(most, R) of each image, best first; minus infinity where there are no more
   */
  public static VisionOps.TopK best(
      NDArray boxes,
      NDArray scores,
      @Nullable NDArray members,
      float iouThreshold,
      float scoreThreshold,
      int most) {
    NDArray never = scores.getManager().create(Float.NEGATIVE_INFINITY);
    NDArray byGroup = scores.expandDims(1);
    if (members != null) {
      long n = scores.getShape().get(0);
      Shape wide = new Shape(n, members.getShape().get(1), scores.getShape().get(1));
      byGroup = NDArrays.where(members.broadcast(wide), byGroup.broadcast(wide), never);
    }
    NDArray kept =
        VisionOps.nms(boxes, byGroup, iouThreshold, scoreThreshold, most)
            .toType(DataType.FLOAT32, false)
            .max(new int[] {1})
            .gt(0.5f);
    return VisionOps.topK(
        NDArrays.where(kept, scores, never), (int) Math.min(most, scores.getShape().get(1)));
  }
}
