package dev.millrace.components.modeling.roi;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.millrace.components.modeling.Component;
import dev.millrace.components.modeling.Forward;
import dev.millrace.components.supervision.Losses;
import dev.millrace.components.supervision.Scalars;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** From a pooled region to where each keypoint is. Detectron2's {@code ROI_KEYPOINT_HEAD}. */
public abstract class KeypointHead extends Component {

  /**
   * @param pooled (M, C, h, w)
   * @return (M, K, h', w') logits: a map of the region for each of K keypoints
   */
  public abstract NDArray forward(Forward forward, NDArray pooled);

  /**
   * Detectron2's {@code keypoint_rcnn_loss}: cross entropy over the cells of each visible
   * keypoint's map, averaged over the visible keypoints.
   *
   * @param logits of the samples, a row each
   * @param samples all of which answer for an object
   * @param keypoints x, y and visibility of each of K keypoints of these objects
   * @return scalars with their gradients, weighted already, by the names that the log shows
   */
  public Map<String, NDArray> losses(NDArray logits, RoiSamples samples, List<float[]> keypoints) {
    Shape shape = logits.getShape();
    int rows = Math.toIntExact(shape.get(0));
    int count = Math.toIntExact(shape.get(1));
    int side = Math.toIntExact(shape.get(2));
    long[] cells = new long[rows * count];
    long[] visible = new long[rows * count];
    int found = 0;
    for (int i = 0; i < rows; i++) {
      for (int k = 0; k < count; k++) {
        float[] own = keypoints.get(i);
        int x = cell(own[3 * k], samples.boxes(), 4 * i, side);
        int y = cell(own[3 * k + 1], samples.boxes(), 4 * i + 1, side);
        if (own[3 * k + 2] > 0 && x >= 0 && y >= 0 && x < side && y < side) {
          cells[found] = (long) y * side + x;
          visible[found++] = (long) i * count + k;
        }
      }
    }
    if (found == 0) {
      return Map.of("loss_keypoint", Scalars.times(logits.sum(), 0)); // keeps the gradient's path
    }
    NDManager manager = logits.getManager();
    NDArray maps =
        logits
            .reshape((long) rows * count, (long) side * side)
            .get(manager.create(Arrays.copyOf(visible, found)));
    return Map.of(
        "loss_keypoint", Losses.crossEntropy(maps, manager.create(Arrays.copyOf(cells, found))));
  }

  /** Where a coordinate lies on the map of a box; the box's far edge is in the last cell. */
  private static int cell(float at, float[] boxes, int start, int side) {
    float low = boxes[start];
    float high = boxes[start + 2];
    return at == high ? side - 1 : (int) Math.floor((at - low) * (side / (high - low)));
  }
}
