package dev.millrace.components.modeling.graph;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.millrace.components.modeling.Instances;
import dev.millrace.components.trace.VisionOps;
import java.util.stream.LongStream;

/**
 * Which of many boxes are detections.
 *
 * @param scoreThresh they must score above this
 * @param nmsThresh IoU above which the lower score of a class goes
 * @param maxDetections of each image
 */
public record Selection(float scoreThresh, float nmsThresh, int maxDetections) {

  /**
   * Suppression within each class, then the best.
   *
   * @param boxes (N, R, 4)
   * @param scores (N, R)
   * @param classes (N, R) int64, each less than {@code count}
   */
  public Instances suppressed(NDArray boxes, NDArray scores, NDArray classes, int count) {
    NDManager manager = scores.getManager();
    NDArray each = manager.create(LongStream.range(0, count).toArray(), new Shape(1, count, 1));
    NDArray never = manager.create(Float.NEGATIVE_INFINITY);
    Shape all = new Shape(scores.getShape().get(0), count, scores.getShape().get(1));
    NDArray byClass =
        NDArrays.where(classes.expandDims(1).eq(each), scores.expandDims(1).broadcast(all), never);
    NDArray kept =
        VisionOps.nms(boxes, byClass, nmsThresh, scoreThresh, maxDetections)
            .toType(DataType.FLOAT32, false)
            .sum(new int[] {1})
            .gt(0.5f);
    return best(boxes, NDArrays.where(kept, scores, never), classes);
  }

  /**
   * The best that score above the threshold, without suppression.
   *
   * @param boxes (N, R, 4)
   * @param scores (N, R)
   * @param classes (N, R) int64
   */
  public Instances best(NDArray boxes, NDArray scores, NDArray classes) {
    NDManager manager = scores.getManager();
    NDArray never = manager.create(Float.NEGATIVE_INFINITY);
    long rows = scores.getShape().get(1);
    VisionOps.TopK top =
        VisionOps.topK(
            NDArrays.where(scores.gt(scoreThresh), scores, never),
            (int) Math.min(maxDetections, rows));
    return new Instances(
        VisionOps.pick(boxes, top.indices()),
        top.values(),
        classes.gather(top.indices(), 1),
        top.values()
            .gt(Float.NEGATIVE_INFINITY)
            .toType(DataType.FLOAT32, false)
            .sum(new int[] {1}));
  }
}
