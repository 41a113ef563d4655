package dev.millrace.components.modeling.semantic;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.millrace.components.Build;
import dev.millrace.components.ComponentConfig;
import dev.millrace.components.ShapeSpec;
import dev.millrace.components.modeling.Backbone;
import dev.millrace.components.modeling.MetaArchitecture;
import dev.millrace.components.modeling.PixelNormalization;
import dev.millrace.components.modeling.Stage;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Detectron2's {@code SemanticSegmentor}: a class for each pixel and no objects. Its postprocessor
 * is {@code SemanticPostprocessor}.
 */
public final class SemanticSegmentor extends MetaArchitecture {

  /** What a configuration says of it. */
  public record Args(
      @JsonPropertyDescription("Image to feature maps") ComponentConfig<Backbone> backbone,
      @JsonPropertyDescription("Feature maps to a class for each pixel")
          ComponentConfig<SemSegHead> semSegHead,
      @JsonPropertyDescription("Mean of each channel, blue first; default Detectron2's")
          @Nullable List<Double> pixelMean,
      @JsonPropertyDescription("Divisor of each channel, blue first; default 1")
          @Nullable List<Double> pixelStd) {}

  private final Backbone backbone;
  private final SemSegHead semSegHead;
  private final PixelNormalization normalization;

  public SemanticSegmentor(
      Backbone backbone, SemSegHead semSegHead, PixelNormalization normalization) {
    this.backbone = add("backbone", backbone);
    this.semSegHead = add("sem_seg_head", semSegHead);
    this.normalization = normalization;
    buffer("pixel_mean");
    buffer("pixel_std");
  }

  public static SemanticSegmentor fromConfig(Args args, Build build) {
    Backbone backbone =
        build.component(Backbone.class, args.backbone(), Map.of("image", new ShapeSpec(3, 1)));
    return new SemanticSegmentor(
        backbone,
        build.component(SemSegHead.class, args.semSegHead(), backbone.outputShape()),
        PixelNormalization.of(build, args.pixelMean(), args.pixelStd()));
  }

  @Override
  public int sizeDivisibility() {
    return backbone.sizeDivisibility();
  }

  @Override
  public List<Stage> stages() {
    return List.of(stage(normalization), stage(backbone), semSegHead.stage());
  }
}
