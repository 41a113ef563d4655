package dev.millrace.components.modeling.dense;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.millrace.components.modeling.BoxCoding;
import dev.millrace.components.modeling.Instances;
import dev.millrace.components.modeling.proposal.AnchorPredictions;
import dev.millrace.components.modeling.proposal.Suppression;
import dev.millrace.components.trace.VisionOps;
import java.util.List;

/**
 * Detectron2's {@code inference_single_image} of dense detectors: the best pairs of anchor and
 * class of each level are thinned by non-maximum suppression within their class, over all levels.
 *
 * @param scoreThresh detections must score above it
 * @param topkCandidates pairs of each level before suppression
 * @param nmsThresh IoU above which the lower score of a class goes
 * @param maxDetections of each image
 */
public record DenseInference(
    float scoreThresh, int topkCandidates, float nmsThresh, int maxDetections) {

  /** Some pairs of each image: (N, P, 4), (N, P), (N, P) int64. */
  private record Candidates(NDArray boxes, NDArray scores, NDArray classes) {}

  /**
   * @param levels with the probability of each class of each anchor as scores
   */
  public Instances forward(NDManager manager, List<AnchorPredictions> levels, BoxCoding coding) {
    NDList boxes = new NDList();
    NDList scores = new NDList();
    NDList classes = new NDList();
    for (AnchorPredictions level : levels) {
      Candidates candidates = candidates(manager, level, coding);
      boxes.add(candidates.boxes());
      scores.add(candidates.scores());
      classes.add(candidates.classes());
    }
    NDArray all = VisionOps.concat(boxes, 1);
    NDArray classOf = VisionOps.concat(classes, 1);
    int count = Math.toIntExact(levels.get(0).scores().getShape().get(2));
    VisionOps.TopK top =
        Suppression.best(
            all,
            VisionOps.concat(scores, 1),
            byClass(manager, classOf, count),
            nmsThresh,
            scoreThresh,
            maxDetections);
    return new Instances(
        VisionOps.pick(all, top.indices()),
        top.values(),
        classOf.gather(top.indices(), 1),
        top.values()
            .gt(Float.NEGATIVE_INFINITY)
            .toType(DataType.FLOAT32, false)
            .sum(new int[] {1}));
  }

  /**
   * The best k pairs are of the k anchors whose best class scores highest, so pairs are ranked
   * among those alone.
   */
  private Candidates candidates(NDManager manager, AnchorPredictions level, BoxCoding coding) {
    NDArray scores = level.scores();
    AnchorPredictions.Best best = level.best(scores.max(new int[] {2}), topkCandidates, coding);
    Shape shape = best.boxes().getShape();
    long n = shape.get(0);
    int anchors = Math.toIntExact(shape.get(1));
    int classes = Math.toIntExact(scores.getShape().get(2));
    int pairs = anchors * classes;
    VisionOps.TopK top =
        VisionOps.topK(
            VisionOps.pick(scores, best.ranks().indices()).reshape(n, pairs),
            Math.min(topkCandidates, pairs));
    long[] anchorOf = new long[pairs];
    long[] classOf = new long[pairs];
    for (int i = 0; i < pairs; i++) {
      anchorOf[i] = i / classes;
      classOf[i] = i % classes;
    }
    return new Candidates(
        VisionOps.pick(best.boxes(), look(manager, anchorOf, top.indices())),
        top.values(),
        look(manager, classOf, top.indices()));
  }

  /** What a table says at each index: (N, P) int64, like the indices. */
  private static NDArray look(NDManager manager, long[] table, NDArray indices) {
    long n = indices.getShape().get(0);
    return manager
        .create(table, new Shape(1, table.length))
        .broadcast(new Shape(n, table.length))
        .gather(indices, 1);
  }

  /** (N, classes, P): a class sees its own boxes only. */
  private static NDArray byClass(NDManager manager, NDArray classOf, int classes) {
    long[] each = new long[classes];
    for (int i = 0; i < classes; i++) {
      each[i] = i;
    }
    return classOf.expandDims(1).eq(manager.create(each, new Shape(1, classes, 1)));
  }
}
