package dev.millrace.pipeline.server;

import dev.millrace.components.Registries;
import dev.millrace.pipeline.config.LoadedConfig;
import dev.millrace.pipeline.revision.BuiltRevision;

/**
 * Makes models. One for the life of a program, so that a model can share with the one before it
 * what did not change.
 */
public interface ModelFactory {

  /** New registries with every component that ships; plugins are added to them. Any thread. */
  Registries registries();

  /**
   * Builds and warms one detector for each lane. Calls never overlap; a switch of the lanes to what
   * the last call built may have happened in between, or not.
   *
   * @param registries what the configuration's components are looked up in
   * @throws dev.millrace.components.ConfigException if the configuration has a mistake that only
   *     building shows; its path is in the configuration's tree
   * @throws Exception if it cannot be built for another reason; what was made so far is closed
   */
  BuiltRevision build(LoadedConfig config, Registries registries, int lanes) throws Exception;
}
