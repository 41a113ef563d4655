package dev.millrace.components.modeling.postprocess;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.millrace.components.Build;
import dev.millrace.components.modeling.DenseInstances;
import dev.millrace.components.modeling.Detections;
import dev.millrace.components.modeling.ImageBatch;
import dev.millrace.components.modeling.ModelConfig;
import dev.millrace.components.modeling.Postprocessor;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A segment for each class that some pixel has, and no objects: for {@code SemanticSegmentor}. */
public final class SemanticPostprocessor implements Postprocessor {

  /** What a configuration says of it. */
  public record Args(
      @JsonPropertyDescription(
              "Names of the semSegHead's classes. Default: those of the model, then 'class' and a"
                  + " number")
          @Nullable List<String> classes) {}

  private final SegmentMap.ClassNames names;

  /**
   * @param names of the classes of pixels
   */
  public SemanticPostprocessor(List<String> names) {
    this.names = SegmentMap.ClassNames.of(List.copyOf(names), "class");
  }

  public static SemanticPostprocessor fromConfig(Args args, Build build) {
    return new SemanticPostprocessor(args.classes() == null ? build.classNames() : args.classes());
  }

  /**
   * @throws IllegalStateException if the network has no head for pixels
   */
  @Override
  public List<Detections> postprocess(
      DenseInstances instances, ImageBatch batch, List<ModelConfig.ObjectClass> classes) {
    SemanticLabels labels = SemanticLabels.of(instances, batch);
    List<Detections> all = new ArrayList<>();
    for (int image = 0; image < instances.images(); image++) {
      SegmentMap map =
          new SegmentMap(batch.sourceSizes()[2 * image], batch.sourceSizes()[2 * image + 1]);
      map.stuff(labels.labels(image), 0, 1, names);
      all.add(new Detections(List.of(), map.segments()));
    }
    return all;
  }
}
