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
 * Scales boxes to source pixels, clips them and drops empty ones, pastes masks and finds keypoints,
 * as Detectron2's {@code detector_postprocess}; keeps what a user asked for. Other fields of the
 * instances become attributes.
 */
public final class DetectionPostprocessor implements Postprocessor {

  /** What a configuration says of it. */
  public record Args(
      @JsonPropertyDescription("Detections that score lower are dropped; default 0")
          @Nullable Double minScore,
      @JsonPropertyDescription("At most this many a frame, best first; default all")
          @Nullable Integer maxDetections,
      @JsonPropertyDescription("Only these class names; default all")
          @Nullable List<String> keepClasses,
      @JsonPropertyDescription(
              "Probability from which on a pixel belongs to a mask; above 0, default 0.5")
          @Nullable Double maskThreshold) {}

  private static final float MASK_THRESHOLD = 0.5f;

  private final float minScore;
  private final int maxDetections;
  private final Set<String> keepClasses;
  private final float maskThreshold;

  /** With Detectron2's threshold for masks. */
  public DetectionPostprocessor(float minScore, int maxDetections, Set<String> keepClasses) {
    this(minScore, maxDetections, keepClasses, MASK_THRESHOLD);
  }

  /**
   * @param keepClasses names of the classes to keep; empty keeps all
   * @param maskThreshold probability from which on a pixel belongs to a mask
   */
  public DetectionPostprocessor(
      float minScore, int maxDetections, Set<String> keepClasses, float maskThreshold) {
    this.maskThreshold = maskThreshold;
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
    double threshold = args.maskThreshold() == null ? MASK_THRESHOLD : args.maskThreshold();
    if (!(threshold > 0 && threshold <= 1)) {
      throw build.mistake(
          "maskThreshold",
          "expected above 0 and at most 1, found " + threshold + ".",
          "Leave it out for 0.5.");
    }
    return new DetectionPostprocessor(
        (float) minScore,
        most,
        args.keepClasses() == null ? Set.of() : Set.copyOf(args.keepClasses()),
        (float) threshold);
  }

  @Override
  public List<Detections> postprocess(
      DenseInstances instances, ImageBatch batch, List<ModelConfig.ObjectClass> classes) {
    List<Detections> all = new ArrayList<>(instances.images());
    DetectionFields fields = new DetectionFields(instances);
    for (int n = 0; n < instances.images(); n++) {
      float scaleY = (float) batch.sourceSizes()[2 * n] / batch.sizes()[2 * n];
      float scaleX = (float) batch.sourceSizes()[2 * n + 1] / batch.sizes()[2 * n + 1];
      int height = batch.sourceSizes()[2 * n];
      int width = batch.sourceSizes()[2 * n + 1];
      MaskPaste paste = new MaskPaste(height, width, maskThreshold);
      List<Detection> found = new ArrayList<>(instances.counts()[n]);
      for (int d = 0; d < instances.counts()[n] && found.size() < maxDetections; d++) {
        int row = n * instances.rows() + d;
        float[] box = {
          clip(instances.boxes()[4 * row] * scaleX, width),
          clip(instances.boxes()[4 * row + 1] * scaleY, height),
          clip(instances.boxes()[4 * row + 2] * scaleX, width),
          clip(instances.boxes()[4 * row + 3] * scaleY, height)
        };
        float score = instances.scores()[row];
        int classId = (int) instances.classes()[row];
        String label = classId < classes.size() ? classes.get(classId).name() : "class " + classId;
        boolean wanted = keepClasses.isEmpty() || keepClasses.contains(label);
        if (box[2] > box[0] && box[3] > box[1] && score >= minScore && wanted) {
          Rle mask = fields.mask(row, box, paste);
          found.add(
              new Detection(
                  box[0],
                  box[1],
                  box[2],
                  box[3],
                  classId,
                  label,
                  score,
                  mask == null ? null : mask.toMask(),
                  fields.keypoints(row, scaleX, scaleY),
                  fields.attributes(row)));
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
