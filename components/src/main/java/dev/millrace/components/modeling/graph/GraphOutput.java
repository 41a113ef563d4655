package dev.millrace.components.modeling.graph;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.millrace.components.Build;
import dev.millrace.components.ShapeSpec;
import java.math.BigInteger;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A feature map that a graph gives. */
public record GraphOutput(
    @JsonPropertyDescription("What the graph calls it; default the feature map's own name")
        @Nullable String output,
    @JsonPropertyDescription("Input pixels that a cell spans") int stride,
    @JsonPropertyDescription("Number of channels") int channels) {

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

  static Map<String, ShapeSpec> specs(Map<String, GraphOutput> outputs) {
    Map<String, ShapeSpec> specs = new LinkedHashMap<>();
    outputs.forEach(
        (feature, output) -> specs.put(feature, new ShapeSpec(output.channels(), output.stride())));
    return specs;
  }

  /**
   * What images must be multiples of.
   *
   * @param given null for the least that every stride divides
   */
  static int divisibility(Build build, @Nullable Integer given, Map<String, GraphOutput> outputs) {
    BigInteger least = BigInteger.ONE;
    for (GraphOutput output : outputs.values()) {
      BigInteger stride = BigInteger.valueOf(output.stride());
      least = least.multiply(stride).divide(least.gcd(stride));
    }
    if (least.bitLength() > 12) {
      throw build.mistake(
          "outputs",
          "expected strides whose common multiple is below 4096, found " + least + ".",
          "Correct the strides.");
    }
    int needed = least.intValue();
    int divisibility = given == null ? needed : given;
    if (divisibility < 1 || divisibility % needed != 0) {
      throw build.mistake(
          "sizeDivisibility",
          "expected a multiple of "
              + needed
              + ", which the strides need, found "
              + divisibility
              + ".",
          "Leave it out for " + needed + ".");
    }
    return divisibility;
  }
}
