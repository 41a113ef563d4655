package dev.millrace.components.engine;

import dev.millrace.components.checkpoint.WeightsConfig;
import dev.millrace.components.checkpoint.WeightsStore;
import java.util.Optional;

/** Turns what a configuration says of weights into a file, which may mean fetching it. */
@FunctionalInterface
public interface WeightsFinder {

  /**
   * @return empty if the configuration names no file
   * @throws dev.millrace.components.ConfigException if there is none to be had, or it is another
   *     one
   */
  Optional<WeightsStore.Found> find(WeightsConfig config);

  /**
   * The same for a file that a component names.
   *
   * @param path the component's, for messages and for the folder that its file is relative to
   */
  default Optional<WeightsStore.Found> find(WeightsConfig config, String path) {
    return find(config);
  }

  /** Whether files may be loaded that bring code. */
  default boolean trustsCode() {
    return false;
  }
}
