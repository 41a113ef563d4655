package dev.millrace.components.modeling.postprocess;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.millrace.components.Build;
import dev.millrace.components.modeling.Arguments;
import dev.millrace.components.modeling.DenseInstances;
import dev.millrace.components.modeling.Detection;
import dev.millrace.components.modeling.Detections;
import dev.millrace.components.modeling.ImageBatch;
import dev.millrace.components.modeling.Mask;
import dev.millrace.components.modeling.ModelConfig;
import dev.millrace.components.modeling.Postprocessor;
import dev.millrace.components.modeling.Segment;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Objects as {@link DetectionPostprocessor} gives them, and the frame in segments, as Detectron2's
 * {@code combine_semantic_and_instance_outputs}: objects by descending score, each without what an
 * earlier one has; then, of the pixels that are left, the classes of stuff.
 */
public final class PanopticPostprocessor implements Postprocessor {

  /** What a configuration says of it. */
  public record Args(
      @JsonPropertyDescription("Objects that score lower are dropped; default 0")
          @Nullable Double minScore,
      @JsonPropertyDescription(
              "Names of the semSegHead's classes; the first is that of all things, which is no"
                  + " segment. Default: 'stuff' and a number")
          @Nullable List<String> stuffClasses,
      @JsonPropertyDescription(
              "Share of an object's pixels that others may have before it is left out, default 0.5")
          @Nullable Double overlapThresh,
      @JsonPropertyDescription("Pixels of the frame that stuff needs to be a segment, default 4096")
          @Nullable Integer stuffAreaThresh,
      @JsonPropertyDescription("Score that an object needs to be a segment, default 0.5")
          @Nullable Double instancesConfidenceThresh,
      @JsonPropertyDescription(
              "Probability from which on a pixel belongs to a mask; above 0, default 0.5")
          @Nullable Double maskThreshold) {}

  private final DetectionPostprocessor detections;
  private final SegmentMap.ClassNames stuffClasses;
  private final double overlapThresh;
  private final int stuffAreaThresh;
  private final float instancesConfidenceThresh;

  /**
   * @param detections gives the objects, with masks
   * @param stuffClasses names of the classes of pixels, the first that of all things
   */
  public PanopticPostprocessor(
      DetectionPostprocessor detections,
      List<String> stuffClasses,
      double overlapThresh,
      int stuffAreaThresh,
      double instancesConfidenceThresh) {
    this.detections = detections;
    this.stuffClasses = SegmentMap.ClassNames.of(List.copyOf(stuffClasses), "stuff");
    this.overlapThresh = overlapThresh;
    this.stuffAreaThresh = stuffAreaThresh;
    this.instancesConfidenceThresh = (float) instancesConfidenceThresh;
  }

  public static PanopticPostprocessor fromConfig(Args args, Build build) {
    return new PanopticPostprocessor(
        DetectionPostprocessor.fromConfig(
            new DetectionPostprocessor.Args(args.minScore(), null, null, args.maskThreshold()),
            build),
        args.stuffClasses() == null ? List.of() : args.stuffClasses(),
        Arguments.within(build, "overlapThresh", args.overlapThresh(), 1, 0.5),
        Arguments.positive(build, "stuffAreaThresh", args.stuffAreaThresh(), 4096),
        Arguments.within(
            build, "instancesConfidenceThresh", args.instancesConfidenceThresh(), 1, 0.5));
  }

  /**
   * @throws IllegalStateException if the network has no mask head, or none for pixels
   */
  @Override
  public List<Detections> postprocess(
      DenseInstances instances, ImageBatch batch, List<ModelConfig.ObjectClass> classes) {
    SemanticLabels labels = SemanticLabels.of(instances, batch);
    List<Detections> all = new ArrayList<>();
    int image = 0;
    for (Detections found : detections.postprocess(instances, batch, classes)) {
      int height = batch.sourceSizes()[2 * image];
      int width = batch.sourceSizes()[2 * image + 1];
      all.add(
          new Detections(
              found.objects(), combine(found.objects(), labels.labels(image), height, width)));
      image++;
    }
    return all;
  }

  /**
   * @param objects best first
   * @param labels the class of each pixel, row by row
   */
  private List<Segment> combine(List<Detection> objects, int[] labels, int height, int width) {
    SegmentMap map = new SegmentMap(height, width);
    for (Detection object : objects) {
      if (object.score() < instancesConfidenceThresh) {
        break;
      }
      Rle mask = Rle.of(mask(object));
      long area = mask.area();
      if (area > 0 && map.taken(mask) <= overlapThresh * area) {
        map.thing(mask, object.classId(), object.label(), object.score());
      }
    }
    map.stuff(labels, 1, stuffAreaThresh, stuffClasses);
    return map.segments();
  }

  private static Mask mask(Detection object) {
    Mask mask = object.mask();
    if (mask == null) {
      throw new IllegalStateException(
          "PanopticPostprocessor needs a network whose roiHeads have a maskHead");
    }
    return mask;
  }
}
