package dev.millrace.components.trace;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import java.util.List;

/**
 * The operations of detection models that DJL lacks or whose result depends on data. Each has an
 * eager form (any engine with values) and a traced form (ONNX nodes), tested against each other.
 * Results are dense: shapes depend on shapes only.
 *
 * <p>Boxes are float32 (x1, y1, x2, y2). N is the batch size, R the number of boxes of each image.
 */
public final class VisionOps {

  private VisionOps() {}

  /**
   * The largest elements and where they were.
   *
   * @param values {@code values} (N, k) in descending order, {@code indices} (N, k) int64; of equal
   *     values the lower index comes first
   */
  public record TopK(NDArray values, NDArray indices) {}

  /**
   * @param scores (N, R) float32; traced, what is below -3e38 counts as minus infinity
   * @param k how many; at most R
   */
  public static TopK topK(NDArray scores, int k) {
    return scores instanceof TraceNDArray traced
        ? TracedVision.topK(traced, k)
        : EagerVision.topK(scores, k);
  }

  /**
   * Joins arrays along an axis. A single one is itself: DJL's {@code concat} would copy it through
   * the host, and no gradient flows back through that copy.
   */
  public static NDArray concat(NDList arrays, int axis) {
    return arrays.size() == 1 ? arrays.get(0) : NDArrays.concat(arrays, axis);
  }

  /**
   * Picks rows of every image: torch's {@code gather} over whole rows.
   *
   * @param rows (N, R, D)
   * @param indices (N, k) int64
   * @return (N, k, D)
   */
  public static NDArray pick(NDArray rows, NDArray indices) {
    Shape shape = rows.getShape();
    NDArray wide =
        indices
            .expandDims(2)
            .broadcast(new Shape(shape.get(0), indices.getShape().get(1), shape.get(2)));
    return rows.gather(wide, 1);
  }

  /**
   * Greedy non-maximum suppression, each class of each group by itself, as torchvision's {@code
   * nms}: by descending score (the lower index first of equal ones), a box goes if its IoU with a
   * kept one is above the threshold.
   *
   * @param boxes (G, R, 4); a group is an image, or an image and class where every class has boxes
   *     of its own
   * @param scores (G, C, R)
   * @param iouThreshold 0 to 1
   * @param scoreThreshold boxes that do not score above it take no part; minus infinity never does
   * @param most how many are kept of each class of each group at most
   * @return (G, C, R) boolean: kept
   */
  public static NDArray nms(
      NDArray boxes, NDArray scores, float iouThreshold, float scoreThreshold, int most) {
    return boxes instanceof TraceNDArray traced
        ? TracedVision.nms(traced, scores, iouThreshold, scoreThreshold, most)
        : EagerVision.nms(boxes, scores, iouThreshold, scoreThreshold, most);
  }

  /**
   * How ROIAlign samples.
   *
   * @param height output rows
   * @param width output columns
   * @param samplingRatio samples a bin and axis; 0: as many as the bin has cells, rounded up
   * @param aligned true: ROIAlignV2, pixel centres at half-integers; false: the first version, with
   *     boxes of at least 1 cell
   */
  public record RoiAlign(int height, int width, int samplingRatio, boolean aligned) {}

  /**
   * ROIAlign (He et al., Mask R-CNN, 2017) over several levels, as torchvision's {@code roi_align}
   * on the level of each box.
   *
   * @param features one (N, C, h, w) for each level
   * @param scales cells per pixel of each level, for example 1/16
   * @param boxes (N, R, 4) in pixels
   * @param levels (N, R) int64, the index of each box's level; ignored where there is one level
   * @return (N * R, C, height, width)
   */
  public static NDArray roiAlign(
      List<NDArray> features, List<Float> scales, NDArray boxes, NDArray levels, RoiAlign how) {
    return boxes instanceof TraceNDArray traced
        ? TracedVision.roiAlign(features, scales, traced, levels, how)
        : EagerVision.roiAlign(features, scales, boxes, levels, how);
  }

  /**
   * Repeats every cell in both directions: torch's {@code interpolate} in mode {@code nearest} with
   * a whole {@code scale_factor}.
   *
   * @param map (N, C, h, w)
   * @param factor at least 1
   * @return (N, C, factor * h, factor * w)
   */
  public static NDArray upsampleNearest(NDArray map, int factor) {
    return map instanceof TraceNDArray traced
        ? TracedVision.upsampleNearest(traced, factor)
        : EagerVision.upsampleNearest(map, factor);
  }

  /**
   * Doubles, triples, ... a map by bilinear interpolation: torch's {@code interpolate} in mode
   * {@code bilinear} with {@code align_corners=False} and a whole {@code scale_factor}.
   *
   * @param map (N, C, h, w) float32
   * @param factor at least 1
   * @return (N, C, factor * h, factor * w)
   */
  public static NDArray upsampleBilinear(NDArray map, int factor) {
    return map instanceof TraceNDArray traced
        ? TracedVision.upsampleBilinear(traced, factor)
        : EagerVision.upsampleBilinear(map, factor);
  }

  /**
   * A transposed convolution: torch's {@code conv_transpose2d} without output padding, dilation and
   * groups. DJL's PyTorch engine has none.
   *
   * @param x (N, C, h, w)
   * @param weight (C, filters, k, k)
   * @param bias (filters)
   * @param stride at least 1
   * @param padding at most k - 1; what is taken away at each border
   * @return (N, filters, (h - 1) * stride - 2 * padding + k, likewise of w)
   */
  public static NDArray convTranspose(
      NDArray x, NDArray weight, NDArray bias, int stride, int padding) {
    return x instanceof TraceNDArray traced
        ? TracedVision.convTranspose(traced, weight, bias, stride, padding)
        : EagerVision.convTranspose(x, weight, bias, stride, padding);
  }
}
