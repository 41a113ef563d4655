package dev.millrace.components.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import dev.millrace.components.checkpoint.Tensor;
import java.util.Map;

/** What an optimiser remembered of each parameter, saved, and known to fit the model. */
record Moments(Map<String, Tensor> saved, TrainableModel model) {

  /**
   * @throws IllegalArgumentException if the model has no such parameter, or one of another shape
   */
  static Moments of(Map<String, Tensor> saved, TrainableModel model) {
    saved.forEach(
        (name, tensor) -> {
          NDArray value = model.trainable().get(name);
          Shape shape = new Shape(tensor.shape());
          if (value == null || !value.getShape().equals(shape)) {
            throw new IllegalArgumentException(
                "the saved momentum of "
                    + name
                    + " is "
                    + shape
                    + ", expected "
                    + (value == null ? "none" : value.getShape()));
          }
        });
    return new Moments(saved, model);
  }

  /** Takes the place of what is there. */
  void into(Map<String, NDArray> arrays) {
    arrays.values().forEach(NDArray::close);
    arrays.clear();
    saved.forEach(
        (name, tensor) -> {
          NDArray value = model.trainable().get(name);
          if (value != null) {
            arrays.put(name, value.getManager().create(tensor.floats(), value.getShape()));
          }
        });
  }
}
