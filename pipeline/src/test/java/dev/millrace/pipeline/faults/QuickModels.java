package dev.millrace.pipeline.faults;

import dev.millrace.components.Registries;
import dev.millrace.components.modeling.Detection;
import dev.millrace.components.modeling.Detections;
import dev.millrace.components.modeling.Detector;
import dev.millrace.components.modeling.InputImage;
import dev.millrace.components.modeling.Preprocessor;
import dev.millrace.components.standard.StandardComponents;
import dev.millrace.pipeline.config.LoadedConfig;
import dev.millrace.pipeline.server.ModelFactory;
import java.util.Collections;
import java.util.List;

/** Detectors that find one thing in every frame, at once: where only the flow is looked at. */
final class QuickModels implements ModelFactory {

  @Override
  public Registries registries() {
    return StandardComponents.registries();
  }

  @Override
  public List<Detector> build(
      LoadedConfig config, Registries registries, int lanes, List<Detector> live) {
    return Collections.nCopies(lanes, new Quick());
  }

  private static final class Quick implements Detector {

    @Override
    public Preprocessor preprocessor() {
      return frame ->
          new InputImage(frame.height(), frame.width(), frame.bgr(), frame.height(), frame.width());
    }

    @Override
    public List<Detections> infer(List<InputImage> images) {
      return images.stream()
          .map(i -> new Detections(List.of(new Detection(0, 0, 1, 1, 0, "thing", 1f))))
          .toList();
    }

    @Override
    public String plan() {
      return "none";
    }

    @Override
    public String weightsHash() {
      return "none";
    }

    @Override
    public long nativeBytes() {
      return 0;
    }

    @Override
    public void close() {}
  }
}
