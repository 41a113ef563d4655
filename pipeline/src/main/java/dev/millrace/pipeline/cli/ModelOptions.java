package dev.millrace.pipeline.cli;

import dev.millrace.components.ConfigException;
import dev.millrace.components.Registries;
import dev.millrace.components.checkpoint.WeightsStore;
import dev.millrace.components.modeling.Detector;
import dev.millrace.components.standard.StandardComponents;
import dev.millrace.pipeline.config.ConfigLoader;
import dev.millrace.pipeline.config.LoadedConfig;
import dev.millrace.pipeline.plugin.PluginLoader;
import dev.millrace.pipeline.plugin.PluginSet;
import dev.millrace.pipeline.server.StandardModels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What every command that loads a model takes. */
final class ModelOptions {

  @Parameters(index = "0", paramLabel = "CONFIG", description = "The configuration file.")
  Path config = Path.of("");

  @Option(
      names = {"-o", "--override"},
      paramLabel = "KEY=VALUE",
      description =
          "Replaces a value of the configuration, such as pipeline.maxBatch=4. Repeatable.")
  List<String> overrides = new ArrayList<>();

  @Option(names = "--plugins", paramLabel = "DIR", description = "A folder of plugin jars.")
  @Nullable Path plugins;

  /** A configuration that was read, with the code that it may name. */
  record Opened(LoadedConfig config, Registries registries, PluginSet code)
      implements AutoCloseable {
    @Override
    public void close() {
      code.close();
    }
  }

  Opened open(String... more) {
    requireFile();
    List<String> all = new ArrayList<>(List.of(more));
    all.addAll(overrides);
    PluginSet code = new PluginLoader(plugins).open();
    try {
      Registries registries = StandardComponents.registries();
      code.register(registries);
      LoadedConfig loaded =
          new ConfigLoader(ConfigLoader.rootOf(config)).load(config, all, registries);
      return new Opened(loaded, registries, code);
    } catch (RuntimeException e) {
      code.close();
      throw e;
    }
  }

  /** The models of this user, with a progress bar for weights that are fetched. */
  StandardModels models() {
    return new StandardModels(
        WeightsStore.ofEnvironment(System.getenv()), config.toAbsolutePath(), new DownloadBar());
  }

  /** Fails early where the configuration is not there at all. */
  void requireFile() {
    if (!Files.isRegularFile(config)) {
      throw new ConfigException(
          config.toString(),
          "there is no such file.",
          "Name a configuration, such as configs/demo.yaml.");
    }
  }

  /** Loads the model, once for each lane. */
  List<Detector> build(Opened opened, int lanes) {
    try {
      return models().build(opened.config(), opened.registries(), lanes, List.of());
    } catch (ConfigException e) {
      throw opened.config().tree().locate(e);
    }
  }
}
