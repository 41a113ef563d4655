package dev.millrace.components.modeling;

import ai.djl.ndarray.NDArray;

/** From feature maps to boxes that may hold objects. Detectron2's {@code PROPOSAL_GENERATOR}. */
public abstract class ProposalGenerator extends Component {

  /**
   * @param sizes (N, 2) float32: height and width of each image without its padding
   */
  public abstract Proposals forward(Forward forward, FeatureMaps features, NDArray sizes);
}
