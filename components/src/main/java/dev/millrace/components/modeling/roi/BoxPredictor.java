package dev.millrace.components.modeling.roi;

import ai.djl.ndarray.NDArray;
import dev.millrace.components.modeling.Component;
import dev.millrace.components.modeling.Forward;
import dev.millrace.components.modeling.Instances;
import dev.millrace.components.modeling.NotTrainableException;
import dev.millrace.components.modeling.Proposals;
import java.util.Map;

/** From each region's feature to its class and box. Replace it to change outputs or losses. */
public abstract class BoxPredictor extends Component {

  /**
   * @param scores (N * R, K + 1) logits, background last
   * @param deltas (N * R, 4) or (N * R, 4 K)
   */
  public record Predictions(NDArray scores, NDArray deltas) {}

  /**
   * @param features what the box head answered with, one row a proposal
   */
  public abstract Predictions forward(Forward forward, NDArray features);

  /**
   * @param sizes (N, 2) float32: height and width of each image without its padding
   */
  public abstract Instances inference(Predictions predictions, Proposals proposals, NDArray sizes);

  /** K, the background not counted. */
  public abstract int classes();

  /**
   * What training makes smaller.
   *
   * @param predictions of the samples, a row each
   * @return scalars with their gradients, weighted already, by the names that the log shows
   * @throws NotTrainableException if this predictor cannot be trained
   */
  public Map<String, NDArray> losses(Predictions predictions, RoiSamples samples) {
    throw new NotTrainableException(getClass().getSimpleName() + " cannot be trained");
  }
}
