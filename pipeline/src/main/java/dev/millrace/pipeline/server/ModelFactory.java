package dev.millrace.pipeline.server;

import dev.millrace.components.Registries;
import dev.millrace.components.checkpoint.WeightsStore;
import dev.millrace.components.modeling.Detector;
import dev.millrace.pipeline.config.LoadedConfig;
import java.util.List;
import java.util.Optional;

/** Makes models. */
public interface ModelFactory {

  /** New registries with every component that ships; plugins are added to them. Any thread. */
  Registries registries();

  /**
   * The file of weights that a configuration wants to be followed, as it is now. Any thread.
   *
   * @return empty if it wants none to be
   * @throws dev.millrace.components.ConfigException if there is no such file
   */
  default Optional<WeightsStore.Found> followed(LoadedConfig config) {
    return Optional.empty();
  }

  /**
   * Builds and warms one detector for each lane. Calls never overlap.
   *
   * @param registries what the configuration's components are looked up in
   * @param live what this factory made and now runs on each lane, to share with what did not
   *     change; empty before the first. Not to be run or closed
   * @throws dev.millrace.components.ConfigException if the configuration has a mistake that only
   *     building shows; its path is in the configuration's tree
   * @throws Exception if it cannot be built for another reason; what was made so far is closed
   */
  List<Detector> build(LoadedConfig config, Registries registries, int lanes, List<Detector> live)
      throws Exception;
}
