package dev.millrace.components.modeling;

import ai.djl.ndarray.NDArray;
import dev.millrace.components.supervision.Supervision;

/**
 * From proposals to objects: pools each region's features, classifies and refines it. Detectron2's
 * {@code ROIHeads}.
 */
public abstract class RoiHeads extends Component {

  /**
   * @param sizes (N, 2) float32: height and width of each image without its padding
   */
  public abstract Instances forward(
      Forward forward, FeatureMaps features, Proposals proposals, NDArray sizes);

  /**
   * Adds the heads' losses to the supervision.
   *
   * @param proposals without gradient
   * @throws NotTrainableException if these heads cannot be trained
   */
  public void train(
      Forward forward, FeatureMaps features, Proposals proposals, Supervision supervision) {
    throw new NotTrainableException(getClass().getSimpleName() + " cannot be trained");
  }
}
