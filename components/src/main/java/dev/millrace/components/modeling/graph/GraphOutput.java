package dev.millrace.components.modeling.graph;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.millrace.components.Build;
import dev.millrace.components.ShapeSpec;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A feature map that a graph gives. */
public record GraphOutput(
    @JsonPropertyDescription("What the graph calls it; default the feature map's own name")
        @Nullable String output,
    @JsonPropertyDescription("Input pixels that a cell spans") int stride,
    @JsonPropertyDescription("Number of channels") int channels) {

  ShapeSpec spec() {
    return new ShapeSpec(channels, stride);
  }

  String named(String feature) {
    return output == null ? feature : output;
  }

  /** Refuses none at all, and numbers that cannot be. */
  static Map<String, GraphOutput> checked(Build build, Map<String, GraphOutput> outputs) {
    if (outputs.isEmpty()) {
      throw build.mistake(
          "outputs", "expected a feature map at least, found none.", "Name what the graph gives.");
    }
    outputs.forEach(
        (name, output) -> {
          if (output.stride() < 1 || output.channels() < 1) {
            throw build.mistake(
                "outputs." + name,
                "expected a stride and channels of 1 or more, found "
                    + output.stride()
                    + " and "
                    + output.channels()
                    + ".",
                "Say what the graph gives.");
          }
        });
    return new LinkedHashMap<>(outputs);
  }

  /** The least size whose multiples every map divides. */
  static int divisibility(Map<String, GraphOutput> outputs) {
    int least = 1;
    for (GraphOutput output : outputs.values()) {
      int a = least;
      int b = output.stride();
      while (b != 0) {
        int rest = a % b;
        a = b;
        b = rest;
      }
      least = least / a * output.stride();
    }
    return least;
  }
}
