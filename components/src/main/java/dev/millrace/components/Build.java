package dev.millrace.components;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link ComponentFactory} is given besides its arguments: where it stands in the
 * configuration, the shapes that come in, and a way to build the components that its own arguments
 * name.
 */
public interface Build {

  /** Where this component stands in the YAML. */
  String path();

  /**
   * The feature maps that come in, by name. For a backbone: one entry {@code image} of 3 channels.
   * For a box head or a box predictor: one entry, the pooled or the flattened feature.
   */
  Map<String, ShapeSpec> inputShape();

  /** The only shape that comes in. */
  default ShapeSpec onlyInput() {
    if (inputShape().size() != 1) {
      throw new IllegalStateException(path() + " expects one input, found " + inputShape());
    }
    return inputShape().values().iterator().next();
  }

  /** The model's classes, in the order of class indices. */
  List<String> classNames();

  /**
   * Builds a component that the arguments name.
   *
   * @param config as bound into the arguments record; null is refused with a message that names
   *     {@code kind}
   * @param inputShape what it will be fed
   * @throws ConfigException if it is unknown or does not fit
   */
  <T> T component(
      Class<T> kind, @Nullable ComponentConfig<T> config, Map<String, ShapeSpec> inputShape);

  /**
   * Finds a file that this component is made of, such as a graph: beside the configuration, in the
   * folders of {@code MILLRACE_WEIGHTS}, in the cache, or at its address. The arguments are this
   * component's keys {@code file}, {@code url} and {@code sha256}; the last is required, so that
   * the configuration says what it runs.
   *
   * @param code whether reading it runs code that is in it, which the configuration alone must not
   *     allow
   * @throws ConfigException if it is not to be had, is another one, or may not be run
   */
  default ComponentFile file(
      @Nullable String file, @Nullable String url, @Nullable String sha256, boolean code) {
    throw new UnsupportedOperationException("no files here");
  }

  /**
   * A mistake in this component's arguments: {@code throw build.mistake("inFeatures", "...",
   * "...")}.
   */
  default ConfigException mistake(String key, String problem, String remedy) {
    return new ConfigException(path() + "." + key, problem, remedy);
  }
}
