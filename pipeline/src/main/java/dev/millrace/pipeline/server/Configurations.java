package dev.millrace.pipeline.server;

import dev.millrace.components.ConfigException;
import dev.millrace.components.Registries;
import dev.millrace.components.checkpoint.WeightsStore;
import dev.millrace.components.modeling.Detector;
import dev.millrace.pipeline.config.ConfigLoader;
import dev.millrace.pipeline.config.LoadedConfig;
import dev.millrace.pipeline.plugin.PluginLoader;
import dev.millrace.pipeline.plugin.PluginSet;
import dev.millrace.pipeline.revision.BuiltRevision;
import dev.millrace.pipeline.revision.Candidate;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads the configuration as it is now, with the plugins that are there now. Any thread. */
final class Configurations {

  private final ConfigLoader loader;
  private final ServerOptions options;
  private final PluginLoader plugins;
  private final ModelFactory models;
  private volatile Map<Path, String> followed = Map.of();

  Configurations(ConfigLoader loader, ServerOptions options, ModelFactory models) {
    this.loader = loader;
    this.options = options;
    this.plugins = new PluginLoader(options.plugins());
    this.models = models;
  }

  /** Counts the class loaders of plugins. */
  PluginLoader plugins() {
    return plugins;
  }

  /**
   * Weights that the configuration wanted to be followed when it was read last; their hash then.
   */
  Map<Path, String> followed() {
    return followed;
  }

  /**
   * A request for what the files say.
   *
   * @param origin who asks, for people
   * @throws ConfigException if they cannot be read or have a mistake
   */
  Read read(String origin) {
    PluginSet code = plugins.open();
    try {
      Registries registries = models.registries();
      code.register(registries);
      LoadedConfig config = loader.load(options.config(), options.overrides(), registries);
      Optional<WeightsStore.Found> weights = weights(config);
      followed = weights.map(found -> Map.of(found.file(), found.sha256())).orElse(Map.of());
      String version = weights.map(WeightsStore.Found::sha256).orElse("");
      return new Read(origin, config, version, registries, code, models);
    } catch (RuntimeException e) {
      code.close();
      throw e;
    }
  }

  private Optional<WeightsStore.Found> weights(LoadedConfig config) {
    try {
      return models.followed(config);
    } catch (ConfigException e) {
      throw config.tree().locate(e);
    }
  }

  /**
   * A configuration that was read; {@link #build} or {@link #close} it, once.
   *
   * @param weights the hash of those that are followed, or nothing
   */
  record Read(
      String origin,
      LoadedConfig config,
      String weights,
      Registries registries,
      PluginSet code,
      ModelFactory models)
      implements Candidate, AutoCloseable {

    /** Equal for two that would make the same model with the same code and weights. */
    String identity() {
      return config.hash() + " " + code.hash() + " " + weights;
    }

    @Override
    public String configHash() {
      return config.hash();
    }

    @Override
    public BuiltRevision build(int lanes, List<Detector> live) throws Exception {
      try {
        List<Detector> built = models.build(config, registries, lanes, SharedClose.inner(live));
        return new BuiltRevision(SharedClose.andThen(built, code::close));
      } catch (ConfigException e) {
        code.close();
        throw config.tree().locate(e);
      } catch (Throwable e) {
        code.close();
        throw e;
      }
    }

    @Override
    public void close() {
      code.close();
    }
  }
}
