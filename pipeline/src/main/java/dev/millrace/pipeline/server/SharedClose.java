package dev.millrace.pipeline.server;

import dev.millrace.components.modeling.Detections;
import dev.millrace.components.modeling.Detector;
import dev.millrace.components.modeling.InputImage;
import dev.millrace.components.modeling.Preprocessor;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Detectors whose code came from somewhere that has to be released after the last of them. */
final class SharedClose {

  private SharedClose() {}

  static List<Detector> andThen(List<Detector> detectors, Runnable release) {
    AtomicInteger open = new AtomicInteger(detectors.size());
    return detectors.stream().<Detector>map(d -> new Tenant(d, open, release)).toList();
  }

  /** The detectors that were given to {@link #andThen}. */
  static List<Detector> inner(List<Detector> tenants) {
    return tenants.stream().map(d -> d instanceof Tenant tenant ? tenant.detector() : d).toList();
  }

  private record Tenant(Detector detector, AtomicInteger open, Runnable release)
      implements Detector {

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
      try {
        detector.close();
      } finally {
        if (open.decrementAndGet() == 0) {
          release.run();
        }
      }
    }
  }
}
