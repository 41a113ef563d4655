package dev.millrace.pipeline.server;

import dev.millrace.components.Registries;
import dev.millrace.components.checkpoint.DownloadProgress;
import dev.millrace.components.checkpoint.WeightsStore;
import dev.millrace.components.engine.DetectorFactory;
import dev.millrace.components.modeling.Detector;
import dev.millrace.components.standard.StandardComponents;
import dev.millrace.pipeline.config.LoadedConfig;
import dev.millrace.pipeline.revision.BuiltRevision;
import java.nio.file.Path;
import java.util.List;

/** Makes the models that ship. Shares with what it made last; calls must not overlap. */
public final class Models implements ModelFactory {

  private final WeightsStore store;
  private final Path configFolder;
  private final Path configRoot;
  private final DownloadProgress progress;
  private List<Detector> last = List.of();

  /**
   * @param configFolder what a weights file in a configuration is relative to
   * @param configRoot where it must stay inside
   * @param progress is told of a download
   */
  public Models(WeightsStore store, Path configFolder, Path configRoot, DownloadProgress progress) {
    this.store = store;
    this.configFolder = configFolder;
    this.configRoot = configRoot;
    this.progress = progress;
  }

  @Override
  public Registries registries() {
    return StandardComponents.registries();
  }

  @Override
  public BuiltRevision build(LoadedConfig config, Registries registries, int lanes) {
    DetectorFactory factory =
        new DetectorFactory(
            registries,
            config.binder(),
            weights -> store.find(weights, "model.weights", configFolder, configRoot, progress));
    List<Detector> detectors =
        factory.build(config.config().model(), config.config().engine(), lanes, last);
    last = detectors;
    String hash = detectors.get(0).weightsHash();
    return new BuiltRevision(hash.equals("none") ? hash : "sha256:" + hash, detectors);
  }
}
