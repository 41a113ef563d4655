package dev.millrace.components.modeling;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.millrace.components.ComponentConfig;
import dev.millrace.components.ConfigException;
import dev.millrace.components.checkpoint.WeightsConfig;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A model as a configuration names it: its stages, its classes, its weights. */
public record ModelConfig(
    @JsonPropertyDescription("Source pixels to an image of the network's input size")
        ComponentConfig<Preprocessor> preprocessor,
    @JsonPropertyDescription("The network: what the stages are and how they follow each other")
        ComponentConfig<MetaArchitecture> architecture,
    @JsonPropertyDescription("The network's answer to detections in source pixels")
        ComponentConfig<Postprocessor> postprocessor,
    @JsonPropertyDescription("The classes, in the order of the model's class indices")
        List<ObjectClass> classes,
    @JsonPropertyDescription("The trained parameters") WeightsConfig weights) {

  /** A class: its name, and its category id in the dataset that evaluates it. */
  public record ObjectClass(
      @JsonPropertyDescription("Its label in detection events") String name,
      @JsonPropertyDescription("Its category id in a COCO dataset") int id) {}

  public ModelConfig {
    Map<Object, Integer> first = new HashMap<>();
    for (int i = 0; i < classes.size(); i++) {
      ObjectClass each = classes.get(i);
      checkOwn(first.putIfAbsent(each.name(), i), i, "name", "'" + each.name() + "'");
      checkOwn(first.putIfAbsent(each.id(), i), i, "id", String.valueOf(each.id()));
    }
  }

  /** Else a dataset's objects would all go to one of them, and events could not be told apart. */
  private static void checkOwn(@Nullable Integer first, int index, String key, String found) {
    if (first != null) {
      throw new ConfigException(
          "classes[" + index + "]." + key,
          "expected " + key + "s that differ, found " + found + " in classes[" + first + "] too.",
          null);
    }
  }
}
