package dev.millrace.pipeline.endtoend;

import dev.millrace.components.Registries;
import dev.millrace.components.checkpoint.DownloadProgress;
import dev.millrace.components.checkpoint.WeightsStore;
import dev.millrace.components.modeling.Detections;
import dev.millrace.components.modeling.Detector;
import dev.millrace.components.modeling.InputImage;
import dev.millrace.components.modeling.Preprocessor;
import dev.millrace.pipeline.config.LoadedConfig;
import dev.millrace.pipeline.server.ModelFactory;
import dev.millrace.pipeline.server.StandardModels;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** The real models, with weights of the assets; counts detectors, and tells when one is built. */
final class CountedModels implements ModelFactory {
  private final StandardModels models;
  private final AtomicInteger created = new AtomicInteger();
  private final AtomicInteger closed = new AtomicInteger();
  private volatile Runnable built = () -> {};

  CountedModels(Path configFile) {
    WeightsStore weights =
        WeightsStore.ofEnvironment(Map.of("MILLRACE_WEIGHTS", Assets.path("models").toString()));
    Assets.path("models/faster_rcnn_fbnetv3a_C4_int8.pt");
    models = new StandardModels(weights, configFile, DownloadProgress.SILENT);
  }

  /**
   * @param action runs on the builder's thread after a build and before the switch
   */
  void whenBuilt(Runnable action) {
    built = action;
  }

  int created() {
    return created.get();
  }

  int closed() {
    return closed.get();
  }

  @Override
  public Registries registries() {
    return models.registries();
  }

  @Override
  public List<Detector> build(
      LoadedConfig config, Registries registries, int lanes, List<Detector> live) {
    List<Detector> inner = live.stream().map(d -> ((Counted) d).detector()).toList();
    List<Detector> detectors = models.build(config, registries, lanes, inner);
    created.addAndGet(detectors.size());
    built.run();
    return detectors.stream().<Detector>map(d -> new Counted(d, closed)).toList();
  }

  private record Counted(Detector detector, AtomicInteger closed) implements Detector {
    @Override
    public Preprocessor preprocessor() {
      return detector.preprocessor();
    }

    @Override
    public List<Detections> infer(List<InputImage> images) {
      return detector.infer(images);
    }

    @Override
    public String plan() {
      return detector.plan();
    }

    @Override
    public String weightsHash() {
      return detector.weightsHash();
    }

    @Override
    public long nativeBytes() {
      return detector.nativeBytes();
    }

    @Override
    public void close() {
      detector.close();
      closed.incrementAndGet();
    }
  }
}
