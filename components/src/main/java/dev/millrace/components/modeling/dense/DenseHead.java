package dev.millrace.components.modeling.dense;

import ai.djl.ndarray.NDArray;
import dev.millrace.components.modeling.Component;
import dev.millrace.components.modeling.Forward;
import org.jspecify.annotations.Nullable;

/**
 * Classifies and moves the anchors of every cell; the same for all levels. Built with the levels'
 * shapes and, under {@code Rpn.ANCHORS}, as many channels as a cell has anchors.
 */
public abstract class DenseHead extends Component {

  /**
   * Of one level, for A anchors a cell and K classes.
   *
   * @param logits (N, A * K, h, w)
   * @param deltas (N, A * 4, h, w)
   * @param centerness (N, A, h, w), logits of how near the middle of its object a cell is; null
   *     where {@link #centerness()} is false
   */
  public record Prediction(NDArray logits, NDArray deltas, @Nullable NDArray centerness) {}

  /**
   * @param feature (N, C, h, w)
   */
  public abstract Prediction forward(Forward forward, NDArray feature);

  /** Whether it says how near the middle of its object a cell is. */
  public boolean centerness() {
    return false;
  }
}
