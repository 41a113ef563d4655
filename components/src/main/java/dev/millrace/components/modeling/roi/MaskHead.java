package dev.millrace.components.modeling.roi;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import dev.millrace.components.modeling.Component;
import dev.millrace.components.modeling.Forward;
import dev.millrace.components.trace.VisionOps;

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
}
