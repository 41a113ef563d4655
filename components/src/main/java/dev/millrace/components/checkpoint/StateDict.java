package dev.millrace.components.checkpoint;

import dev.millrace.components.checkpoint.Pickled.Dictionary;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What Detectron2's checkpointer saves: a dictionary whose {@code model} maps names to tensors.
 * What lies beside the model, such as the optimizer's state, is for going on with the training and
 * is left alone. A dictionary without {@code model} is the map itself.
 */
final class StateDict {

  private static final String MODEL = "model";

  private StateDict() {}

  /**
   * The parameters in the file's order.
   *
   * @param tensor reads one value, or says null if it is no tensor
   * @throws CheckpointException if there is anything else, naming it
   */
  static Map<String, Tensor> parameters(Pickled saved, Function<Pickled, @Nullable Tensor> tensor) {
    Map<String, Pickled> root = entries("the checkpoint", saved);
    Map<String, Pickled> model = root;
    if (root.containsKey(MODEL)) {
      model = entries("its model", root.get(MODEL));
    }
    Map<String, Tensor> parameters = new LinkedHashMap<>();
    model.forEach((name, value) -> parameters.put(name, read(name, value, tensor)));
    if (parameters.isEmpty()) {
      throw new CheckpointException("it holds no parameters at all");
    }
    return parameters;
  }

  private static Map<String, Pickled> entries(String what, @Nullable Pickled value) {
    if (value instanceof Dictionary dictionary) {
      return dictionary.entries;
    }
    throw new CheckpointException(
        what
            + " is "
            + (value == null ? "nothing" : Pickled.kind(value))
            + ", expected a dictionary of tensors");
  }

  private static Tensor read(
      String name, Pickled value, Function<Pickled, @Nullable Tensor> tensor) {
    Tensor read;
    try {
      read = tensor.apply(value);
    } catch (CheckpointException e) {
      throw e.in(name);
    }
    if (read == null) {
      throw new CheckpointException(name + " is " + Pickled.kind(value) + ", expected a tensor");
    }
    return read;
  }
}
