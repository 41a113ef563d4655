package dev.millrace.components.modeling.proposal;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import dev.millrace.components.modeling.BoxCoding;
import dev.millrace.components.trace.VisionOps;
import java.nio.FloatBuffer;
import java.util.List;

/**
 * What a head says of the R anchors of one feature map, a row for each, in their order.
 *
 * @param scores (N, R, K): K numbers for each anchor
 * @param deltas (N, R, 4)
 * @param anchors R boxes
 */
@SuppressWarnings("ArrayRecordComponent") // lives for one pass
public record AnchorPredictions(NDArray scores, NDArray deltas, float[] anchors) {

  /**
   * Some anchors of each image.
   *
   * @param ranks (N, k) by what they were chosen, and their rows
   * @param boxes (N, k, 4), moved by their deltas
   */
  public record Best(VisionOps.TopK ranks, NDArray boxes) {}

  /**
   * @param scores (N, A * K, h, w) for A anchors of each cell
   * @param deltas (N, A * 4, h, w)
   * @param level the feature map's, as the generator counts them
   */
  public static AnchorPredictions of(
      NDArray scores, NDArray deltas, AnchorGenerator generator, int level) {
    Shape shape = deltas.getShape();
    int each = generator.anchorsPerCell(level);
    return new AnchorPredictions(
        rows(scores, each),
        rows(deltas, each),
        generator.anchors(level, Math.toIntExact(shape.get(2)), Math.toIntExact(shape.get(3))));
  }

  /** Detectron2's {@code permute_to_N_HWA_K}: (N, A * K, h, w) to (N, h * w * A, K). */
  public static NDArray rows(NDArray map, long anchorsPerCell) {
    Shape shape = map.getShape();
    long n = shape.get(0);
    long height = shape.get(2);
    long width = shape.get(3);
    long numbers = shape.get(1) / anchorsPerCell;
    return map.reshape(n, anchorsPerCell, numbers, height, width)
        .transpose(0, 3, 4, 1, 2)
        .reshape(n, height * width * anchorsPerCell, numbers);
  }

  /** Those of all levels, one after the other. */
  public static AnchorPredictions joined(List<AnchorPredictions> levels) {
    NDList scores = new NDList();
    NDList deltas = new NDList();
    FloatBuffer anchors =
        FloatBuffer.allocate(levels.stream().mapToInt(level -> level.anchors.length).sum());
    for (AnchorPredictions level : levels) {
      scores.add(level.scores);
      deltas.add(level.deltas);
      anchors.put(level.anchors);
    }
    return new AnchorPredictions(
        VisionOps.concat(scores, 1), VisionOps.concat(deltas, 1), anchors.array());
  }

  /** The same, given and not found: no gradient flows back. */
  public AnchorPredictions fixed() {
    return new AnchorPredictions(scores.stopGradient(), deltas.stopGradient(), anchors);
  }

  /**
   * Moves the anchors that rank highest.
   *
   * @param ranks (N, R)
   * @param most how many at most
   */
  public Best best(NDArray ranks, int most, BoxCoding coding) {
    long n = ranks.getShape().get(0);
    int count = anchors.length / 4;
    NDArray start =
        ranks
            .getManager()
            .create(anchors, new Shape(1, count, 4))
            .broadcast(new Shape(n, count, 4));
    VisionOps.TopK top = VisionOps.topK(ranks, Math.min(most, count));
    return new Best(
        top,
        coding.applyDeltas(
            VisionOps.pick(deltas, top.indices()), VisionOps.pick(start, top.indices())));
  }
}
