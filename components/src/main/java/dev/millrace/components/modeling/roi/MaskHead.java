package dev.millrace.components.modeling.roi;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import dev.millrace.components.modeling.Component;
import dev.millrace.components.modeling.Forward;
import dev.millrace.components.supervision.Losses;
import dev.millrace.components.supervision.ObjectMask;
import dev.millrace.components.supervision.Scalars;
import dev.millrace.components.trace.VisionOps;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * From a pooled region to the pixels of its object. Detectron2's {@code ROI_MASK_HEAD}; what is
 * done with the logits is its {@code BaseMaskRCNNHead}.
 */
public abstract class MaskHead extends Component {

  /**
   * @param pooled (M, C, h, w)
   * @return (M, K, h', w') logits, a mask for each class, or (M, 1, h', w'), one for all
   */
  public abstract NDArray forward(Forward forward, NDArray pooled);

  /**
   * The mask of one class of each region.
   *
   * @param logits as {@link #forward} gives them
   * @param classes (M) int64, from 0 to K - 1
   * @return (M, h', w') logits
   */
  public NDArray ofClass(NDArray logits, NDArray classes) {
    Shape shape = logits.getShape();
    Shape mask = new Shape(shape.get(0), shape.get(2), shape.get(3));
    if (shape.get(1) == 1) {
      return logits.reshape(mask);
    }
    NDArray rows = logits.reshape(shape.get(0), shape.get(1), shape.get(2) * shape.get(3));
    return VisionOps.pick(rows, classes.reshape(shape.get(0), 1)).reshape(mask);
  }

  /**
   * Detectron2's {@code mask_rcnn_inference}.
   *
   * @return (M, h', w'): the probability of each cell of the region
   */
  public NDArray inference(NDArray logits, NDArray classes) {
    return Activation.sigmoid(ofClass(logits, classes));
  }

  /**
   * Detectron2's {@code mask_rcnn_loss}: binary cross entropy of the true class's mask.
   *
   * @param logits of the samples, a row each
   * @param samples all of which answer for an object
   * @param masks of these objects
   * @return scalars with their gradients, weighted already, by the names that the log shows
   */
  public Map<String, NDArray> losses(NDArray logits, RoiSamples samples, List<ObjectMask> masks) {
    NDManager manager = logits.getManager();
    int rows = samples.rows();
    if (rows == 0) {
      return Map.of("loss_mask", Scalars.times(logits.sum(), 0)); // keeps the gradient's path
    }
    int side = Math.toIntExact(logits.getShape().get(3));
    float[] targets = new float[rows * side * side];
    for (int i = 0; i < rows; i++) {
      float[] box = Arrays.copyOfRange(samples.boxes(), 4 * i, 4 * i + 4);
      boolean[] inside = masks.get(i).within(box, side);
      for (int k = 0; k < inside.length; k++) {
        targets[i * inside.length + k] = inside[k] ? 1 : 0;
      }
    }
    long[] classes = IntStream.of(samples.classes()).asLongStream().toArray();
    NDArray truth = manager.create(targets, new Shape(rows, side, side));
    NDArray sum =
        Losses.binaryCrossEntropyWithLogits(ofClass(logits, manager.create(classes)), truth);
    return Map.of("loss_mask", Scalars.times(sum, 1.0 / targets.length));
  }
}
