package dev.millrace.components.modeling;

import ai.djl.ndarray.NDArray;
import dev.millrace.components.supervision.Supervision;

/** From feature maps to boxes that may hold objects. Detectron2's {@code PROPOSAL_GENERATOR}. */
public abstract class ProposalGenerator extends Component {

  /**
   * @param sizes (N, 2) float32: height and width of each image without its padding
   */
  public abstract Proposals forward(Forward forward, FeatureMaps features, NDArray sizes);

  /**
   * The same with losses: adds its own to the supervision.
   *
   * @return proposals for the next stage, without gradient
   * @throws NotTrainableException if this generator cannot be trained
   */
  public Proposals train(
      Forward forward, FeatureMaps features, NDArray sizes, Supervision supervision) {
    throw new NotTrainableException(getClass().getSimpleName() + " cannot be trained");
  }
}
