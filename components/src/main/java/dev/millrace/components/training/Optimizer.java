package dev.millrace.components.training;

import ai.djl.ndarray.NDArray;
import dev.millrace.components.checkpoint.Tensor;
import java.util.Map;

/** Changes a model's values by their gradients. Owns what it remembers. Confined to one thread. */
public interface Optimizer {

  /**
   * Changes the model's values.
   *
   * @param gradients by the names of the parameters that learn; may be changed
   * @param rate the learning rate of this step
   */
  void step(Map<String, NDArray> gradients, double rate);

  /** Copies of what it remembers, by names of its own; empty before the first step. */
  Map<String, Tensor> state();

  /**
   * Goes on from what {@link #state} gave, bit for bit.
   *
   * @throws IllegalArgumentException if it is none of this optimiser's for this model
   */
  void restore(Map<String, Tensor> state);
}
