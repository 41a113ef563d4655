package dev.millrace.components.checkpoint;

import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Trained parameters under Detectron2's names, such as {@code backbone.body.trunk0.conv.weight}.
 *
 * @param source where it was read from
 * @param sha256 of the file, lower-case hex
 * @param parameters parameters and buffers in the file's order
 * @param geometry of the convolutions whose geometry the file holds, by module name
 * @param activations the ranges of an int8 model's module outputs, by module name; the parameters
 *     here are float32 and do not need them
 * @param naming how its names are to be matched with a model's
 */
public record Checkpoint(
    Path source,
    String sha256,
    Map<String, Tensor> parameters,
    Map<String, Geometry> geometry,
    Map<String, Quantisation> activations,
    Naming naming) {

  private static final String RANGE = ".activation.range";

  public Checkpoint {
    parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
    geometry = Collections.unmodifiableMap(new LinkedHashMap<>(geometry));
    activations = Collections.unmodifiableMap(new LinkedHashMap<>(activations));
  }

  /**
   * The range of a module's output under the name {@code <module>.activation.range}: the least and
   * the largest number that its 8 bits can express; null if the file says none of that module.
   */
  @Nullable Tensor range(String name) {
    Quantisation output =
        name.endsWith(RANGE)
            ? activations.get(name.substring(0, name.length() - RANGE.length()))
            : null;
    return output == null ? null : Tensor.of(new float[] {output.least(), output.largest()}, 2);
  }

  /** A table to read: each parameter's name, type, shape, and its convolution's geometry. */
  public String describe() {
    StringBuilder text = new StringBuilder();
    text.append(source.getFileName()).append(" sha256:").append(sha256).append('\n');
    parameters.forEach(
        (name, tensor) -> {
          text.append(String.format("%-84s %-26s", name, tensor));
          if (name.endsWith(".weight")) {
            Geometry steps = geometry.get(name.substring(0, name.length() - ".weight".length()));
            text.append(steps == null ? "" : " " + steps);
          }
          text.append('\n');
        });
    return text.toString();
  }
}
