package dev.millrace.pipeline.cli;

import dev.millrace.components.checkpoint.WeightsStore;
import dev.millrace.pipeline.server.StandardModels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * The model of a demo: what {@link ModelOptions} are elsewhere, with a configuration by default.
 */
final class DemoModel {

  @Option(
      names = "--config",
      paramLabel = "CONFIG",
      description =
          "The configuration (default: configs/demo.yaml for streets, whose model ships; configs/demo_coco.yaml for videos)")
  @Nullable Path config;

  @Option(
      names = {"-o", "--override"},
      paramLabel = "KEY=VALUE",
      description = "Replaces a value of the configuration; repeatable")
  List<String> overrides = new ArrayList<>();

  @Option(names = "--plugins", paramLabel = "DIR", description = "A folder of plugin jars")
  @Nullable Path plugins;

  /**
   * What was named, else one that ships, here or where the launcher lies.
   *
   * @param streets whether all that is shown are synthetic streets
   */
  Path config(boolean streets) {
    if (config != null) {
      return config;
    }
    Path here = Path.of("configs", streets ? "demo.yaml" : "demo_coco.yaml");
    return Files.exists(here)
        ? here
        : Path.of(System.getProperty("millrace.home", ".")).resolve(here);
  }

  StandardModels models(Path used) {
    return new StandardModels(
        WeightsStore.ofEnvironment(System.getenv()), used.toAbsolutePath(), new DownloadBar());
  }
}
