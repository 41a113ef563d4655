package dev.millrace.components.modeling.postprocess;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.millrace.components.Build;
import dev.millrace.components.Spelling;
import dev.millrace.components.modeling.DenseInstances;
import dev.millrace.components.modeling.Detection;
import dev.millrace.components.modeling.Detections;
import dev.millrace.components.modeling.ImageBatch;
import dev.millrace.components.modeling.ModelConfig;
import dev.millrace.components.modeling.Postprocessor;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Scales boxes to source pixels, clips them and drops empty ones, as Detectron2's {@code
 * detector_postprocess}; then keeps what a user asked for.
 */
public final class DetectionPostprocessor implements Postprocessor {

  /** What a configuration says of it. */
  public record Args(
      @JsonPropertyDescription("Detections that score lower are dropped; default 0")
          @Nullable Double minScore,
      @JsonPropertyDescription("At most this many a frame, best first; default all")
          @Nullable Integer maxDetections,
      @JsonPropertyDescription("Only these class names; default all")
          @Nullable List<String> keepClasses) {}

  private final float minScore;
  private final int maxDetections;
  private final Set<String> keepClasses;

  /**
   * @param keepClasses names of the classes to keep; empty keeps all
   */
  public DetectionPostprocessor(float minScore, int maxDetections, Set<String> keepClasses) {
    this.minScore = minScore;
    this.maxDetections = maxDetections;
    this.keepClasses = Set.copyOf(keepClasses);
  }

  public static DetectionPostprocessor fromConfig(Args args, Build build) {
    double minScore = args.minScore() == null ? 0 : args.minScore();
    if (minScore < 0 || minScore > 1) {
      throw build.mistake(
          "minScore", "expected 0 to 1, found " + minScore + ".", "Give a probability.");
    }
    int most = args.maxDetections() == null ? Integer.MAX_VALUE : args.maxDetections();
    if (most < 1) {
      throw build.mistake(
          "maxDetections", "expected 1 or more, found " + most + ".", "Leave it out for all.");
    }
    for (String name : args.keepClasses() == null ? List.<String>of() : args.keepClasses()) {
      if (!build.classNames().contains(name)) {
        List<String> close = Spelling.close(name, build.classNames());
        throw build.mistake(
            "keepClasses",
            "the model has no class '" + name + "'.",
            close.isEmpty()
                ? "Its classes: " + build.classNames() + "."
                : "Did you mean " + String.join(" or ", close) + "?");
      }
    }
    return new DetectionPostprocessor(
        (float) minScore,
        most,
        args.keepClasses() == null ? Set.of() : Set.copyOf(args.keepClasses()));
  }

  @Override
  public List<Detections> postprocess(
      DenseInstances instances, ImageBatch batch, List<ModelConfig.ObjectClass> classes) {
    List<Detections> all = new ArrayList<>(instances.images());
    for (int n = 0; n < instances.images(); n++) {
      float scaleY = (float) batch.sourceSizes()[2 * n] / batch.sizes()[2 * n];
      float scaleX = (float) batch.sourceSizes()[2 * n + 1] / batch.sizes()[2 * n + 1];
      float height = batch.sourceSizes()[2 * n];
      float width = batch.sourceSizes()[2 * n + 1];
      List<Detection> found = new ArrayList<>(instances.counts()[n]);
      for (int d = 0; d < instances.counts()[n] && found.size() < maxDetections; d++) {
        int row = n * instances.rows() + d;
        float x1 = clip(instances.boxes()[4 * row] * scaleX, width);
        float y1 = clip(instances.boxes()[4 * row + 1] * scaleY, height);
        float x2 = clip(instances.boxes()[4 * row + 2] * scaleX, width);
        float y2 = clip(instances.boxes()[4 * row + 3] * scaleY, height);
        float score = instances.scores()[row];
        int classId = (int) instances.classes()[row];
        String label = classId < classes.size() ? classes.get(classId).name() : "class " + classId;
        boolean wanted = keepClasses.isEmpty() || keepClasses.contains(label);
        if (x2 > x1 && y2 > y1 && score >= minScore && wanted) {
          found.add(new Detection(x1, y1, x2, y2, classId, label, score));
        }
      }
      all.add(new Detections(found));
    }
    return all;
  }

  private static float clip(float v, float limit) {
    return Math.min(Math.max(v, 0f), limit);
  }
}
