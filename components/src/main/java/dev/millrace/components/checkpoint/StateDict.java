package dev.millrace.components.checkpoint;

import dev.millrace.components.checkpoint.Pickled.Bool;
import dev.millrace.components.checkpoint.Pickled.Dictionary;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What trainers save: a dictionary whose {@code model} maps names to tensors, as Detectron2's and
 * torchvision's do, or pycls's {@code model_state}, or Caffe2's {@code blobs}. What lies beside it,
 * such as the optimizer's state, is for going on with the training and is left alone. A dictionary
 * without any of them is the map itself.
 *
 * @param parameters in the file's order
 * @param key what the map was found under, or null if the file is the map itself
 * @param author who wrote the file, if it says so
 * @param heuristics whether it says that its names are to be matched by their ends
 */
record StateDict(
    Map<String, Tensor> parameters,
    @Nullable String key,
    @Nullable String author,
    boolean heuristics) {

  private static final List<String> KEYS = List.of("model", "model_state", "blobs");

  /**
   * Reads the parameters and nothing else.
   *
   * @param tensor reads one value, or says null if it is no tensor
   * @throws CheckpointException if there is anything else among them, naming it
   */
  static StateDict of(Pickled saved, Function<Pickled, @Nullable Tensor> tensor) {
    Map<String, Pickled> root = entries("the checkpoint", saved);
    String key = KEYS.stream().filter(root::containsKey).findFirst().orElse(null);
    Map<String, Pickled> model = key == null ? root : entries("its " + key, root.get(key));
    Map<String, Tensor> parameters = new LinkedHashMap<>();
    model.forEach((name, value) -> parameters.put(name, read(name, value, tensor)));
    if (parameters.isEmpty()) {
      throw new CheckpointException("it holds no parameters at all");
    }
    Pickled author = root.get("__author__");
    return new StateDict(
        parameters,
        key,
        author == null ? null : Pickled.text(author),
        root.get("matching_heuristics") instanceof Bool heuristics && heuristics.value());
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
