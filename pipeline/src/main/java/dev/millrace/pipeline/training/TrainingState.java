package dev.millrace.pipeline.training;

import dev.millrace.components.ConfigException;
import dev.millrace.components.checkpoint.CheckpointException;
import dev.millrace.components.checkpoint.Safetensors;
import dev.millrace.components.checkpoint.Tensor;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a run goes on from.
 *
 * @param iteration steps that are done
 * @param configHash of the configuration that did them
 * @param seconds that they took, measurements and pauses included
 * @param values of all parameters
 * @param optimizer what the optimiser remembers
 * @param averages what the losses remember
 */
record TrainingState(
    int iteration,
    String configHash,
    double seconds,
    Map<String, Tensor> values,
    Map<String, Tensor> optimizer,
    Map<String, Double> averages) {

  private static final String MODEL = "model.";
  private static final String OPTIMIZER = "optimizer.";
  private static final String AVERAGE = "average.";

  /** Replaces the file as a whole: whoever is killed meanwhile leaves the old one. */
  void write(Path file) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    values.forEach((name, tensor) -> tensors.put(MODEL + name, tensor));
    optimizer.forEach((name, tensor) -> tensors.put(OPTIMIZER + name, tensor));
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put("iteration", Integer.toString(iteration));
    metadata.put("config", configHash);
    metadata.put("seconds", Double.toString(seconds));
    averages.forEach((name, value) -> metadata.put(AVERAGE + name, Double.toString(value)));
    Safetensors.write(file, tensors, metadata);
  }

  /**
   * @throws ConfigException if the file is none that {@link #write} made
   */
  static TrainingState read(Path file) {
    try {
      Safetensors.Saved saved = Safetensors.read(file);
      Map<String, Tensor> values = new LinkedHashMap<>();
      Map<String, Tensor> optimizer = new LinkedHashMap<>();
      saved
          .tensors()
          .forEach(
              (name, tensor) -> {
                if (name.startsWith(MODEL)) {
                  values.put(name.substring(MODEL.length()), tensor);
                } else if (name.startsWith(OPTIMIZER)) {
                  optimizer.put(name.substring(OPTIMIZER.length()), tensor);
                }
              });
      Map<String, String> metadata = saved.metadata();
      return new TrainingState(
          iteration(metadata.getOrDefault("iteration", "")),
          metadata.getOrDefault("config", ""),
          Double.parseDouble(metadata.getOrDefault("seconds", "")),
          values,
          optimizer,
          averages(metadata));
    } catch (CheckpointException e) {
      throw none(file, String.valueOf(e.getMessage()));
    } catch (NumberFormatException e) {
      throw none(file, "it does not say which step it is of, and how long they took");
    }
  }

  private static Map<String, Double> averages(Map<String, String> metadata) {
    Map<String, Double> averages = new LinkedHashMap<>();
    metadata.forEach(
        (key, value) -> {
          if (key.startsWith(AVERAGE)) {
            averages.put(key.substring(AVERAGE.length()), Double.valueOf(value));
          }
        });
    return averages;
  }

  private static int iteration(String text) {
    int iteration = Integer.parseInt(text);
    if (iteration < 0) {
      throw new NumberFormatException("negative");
    }
    return iteration;
  }

  private static ConfigException none(Path file, String why) {
    return new ConfigException(
        file.toString(),
        "this is no state that a run could go on from: " + why + ".",
        "Begin anew in another folder by --output.");
  }
}
