package dev.millrace.pipeline.server;

import dev.millrace.components.Registries;
import dev.millrace.components.checkpoint.DownloadProgress;
import dev.millrace.components.checkpoint.WeightsConfig;
import dev.millrace.components.checkpoint.WeightsStore;
import dev.millrace.components.engine.DetectorFactory;
import dev.millrace.components.engine.WeightsFinder;
import dev.millrace.components.modeling.Detector;
import dev.millrace.components.standard.StandardComponents;
import dev.millrace.pipeline.config.ConfigLoader;
import dev.millrace.pipeline.config.LoadedConfig;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Models of the components that ship, with weights from this user's folders and cache. */
public final class StandardModels implements ModelFactory {

  private final WeightsStore weights;
  private final Path folder;
  private final Path root;
  private final DownloadProgress progress;

  /**
   * @param configFile of it, and of the files that it inherits from, paths of weights are relative
   *     to the one that names them
   * @param progress of a download of weights
   */
  public StandardModels(WeightsStore weights, Path configFile, DownloadProgress progress) {
    Path parent = configFile.getParent();
    this.weights = weights;
    this.folder = parent == null ? Path.of("") : parent;
    this.root = ConfigLoader.rootOf(configFile);
    this.progress = progress;
  }

  @Override
  public Registries registries() {
    return StandardComponents.registries();
  }

  /** Finds what a configuration says of weights, and files that its components name. */
  public WeightsFinder finder(LoadedConfig config) {
    return new WeightsFinder() {
      @Override
      public Optional<WeightsStore.Found> find(WeightsConfig wanted) {
        return find(wanted, "model.weights");
      }

      @Override
      public Optional<WeightsStore.Found> find(WeightsConfig wanted, String path) {
        Path own =
            config
                .tree()
                .fileOf(path + ".file")
                .map(file -> file.toAbsolutePath().getParent())
                .orElse(folder);
        return weights.find(wanted, path, own, root, progress);
      }

      @Override
      public boolean trustsCode() {
        return weights.trustsCode();
      }
    };
  }

  @Override
  public Optional<WeightsStore.Found> followed(LoadedConfig config) {
    WeightsConfig wanted = config.config().model().weights();
    return Boolean.TRUE.equals(wanted.follow()) ? finder(config).find(wanted) : Optional.empty();
  }

  @Override
  public List<Detector> build(
      LoadedConfig config, Registries registries, int lanes, List<Detector> live) {
    DetectorFactory factory = new DetectorFactory(registries, config.binder(), finder(config));
    return factory.build(config.config().model(), config.config().engine(), lanes, live);
  }
}
