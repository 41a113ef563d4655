package dev.millrace.components.modeling.proposal;

import ai.djl.ndarray.NDArray;
import dev.millrace.components.modeling.Component;
import dev.millrace.components.modeling.Forward;

/** Scores and moves the anchors of one feature map. Detectron2's {@code RPN_HEAD}. */
public abstract class RpnHead extends Component {

  /**
   * @param objectnessLogits (N, A, h, w)
   * @param anchorDeltas (N, 4 A, h, w), the four of an anchor next to each other
   */
  public record Prediction(NDArray objectnessLogits, NDArray anchorDeltas) {}

  /**
   * @param feature (N, C, h, w)
   */
  public abstract Prediction forward(Forward forward, NDArray feature);
}
