package dev.millrace.pipeline.config;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.millrace.components.ComponentConfig;
import dev.millrace.components.ConfigException;
import dev.millrace.components.Registries;
import dev.millrace.components.modeling.MetaArchitecture;
import dev.millrace.components.modeling.Postprocessor;
import dev.millrace.components.modeling.Preprocessor;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Components with every type of argument, named as the real ones are; nobody makes them here. */
final class ToyComponents {
  private ToyComponents() {}

  interface Wheel {}

  enum Grain {
    COARSE,
    VERY_FINE
  }

  record Resize(@JsonProperty(defaultValue = "800") int minSize, @Nullable Integer maxSize) {}

  record Rcnn(
      @JsonPropertyDescription("What turns") @JsonProperty(defaultValue = "{name: Oak, spokes: 3}")
          ComponentConfig<Wheel> wheel,
      @Nullable List<ComponentConfig<Wheel>> spares) {}

  record Oak(int spokes, @Nullable ComponentConfig<Wheel> inner) {
    Oak {
      if (spokes < 2) {
        throw new ConfigException("spokes", "expected 2 or more, found " + spokes + ".", null);
      }
    }
  }

  record Everything(
      String text,
      boolean flag,
      double ratio,
      float small,
      long count,
      Grain grain,
      Duration delay,
      long heapBytes,
      int[] sizes,
      List<List<Double>> table,
      Map<String, String> properties,
      Optional<String> perhaps,
      @JsonProperty(defaultValue = "[1, 2]") List<Integer> defaulted) {}

  record None() {}

  static Registries registries() {
    Registries registries = new Registries();
    registries
        .define(Preprocessor.class, "preprocessor")
        .register("ResizeShortestEdge", "Resizes", Resize.class, (a, b) -> null);
    registries
        .define(MetaArchitecture.class, "meta-architecture")
        .register("GeneralizedRcnn", "Two stages", Rcnn.class, (a, b) -> null);
    registries
        .define(Postprocessor.class, "postprocessor")
        .register("DetectionPostprocessor", "Scales", None.class, (a, b) -> null);
    registries
        .define(Wheel.class, "wheel")
        .register("Oak", "Of wood", Oak.class, (a, b) -> null)
        .register("Everything", "All types", Everything.class, (a, b) -> null);
    return registries;
  }
}
