package dev.millrace.components.modeling;

import ai.djl.ndarray.NDArray;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.millrace.components.Build;
import dev.millrace.components.ComponentConfig;
import dev.millrace.components.ShapeSpec;
import dev.millrace.components.supervision.Supervision;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Detectron2's {@code GeneralizedRCNN}: (1) an image to feature maps, (2) feature maps to
 * proposals, (3) feature maps and proposals to objects.
 */
public class GeneralizedRcnn extends MetaArchitecture {

  /** What a configuration says of it. */
  public record Args(
      @JsonPropertyDescription("Image to feature maps") ComponentConfig<Backbone> backbone,
      @JsonPropertyDescription("Feature maps to boxes that may hold objects")
          ComponentConfig<ProposalGenerator> proposalGenerator,
      @JsonPropertyDescription("Boxes to classified, refined objects")
          ComponentConfig<RoiHeads> roiHeads,
      @JsonPropertyDescription("Mean of each channel, blue first; default Detectron2's")
          @Nullable List<Double> pixelMean,
      @JsonPropertyDescription("Divisor of each channel, blue first; default 1")
          @Nullable List<Double> pixelStd) {}

  private final Backbone backbone;
  private final ProposalGenerator proposalGenerator;
  private final RoiHeads roiHeads;
  private final PixelNormalization normalization;

  /**
   * @param pixelMean of blue, green, red, in levels 0 to 255
   * @param pixelStd divides what is left
   */
  public GeneralizedRcnn(
      Backbone backbone,
      ProposalGenerator proposalGenerator,
      RoiHeads roiHeads,
      float[] pixelMean,
      float[] pixelStd) {
    this(backbone, proposalGenerator, roiHeads, new PixelNormalization(pixelMean, pixelStd));
  }

  public GeneralizedRcnn(
      Backbone backbone,
      ProposalGenerator proposalGenerator,
      RoiHeads roiHeads,
      PixelNormalization normalization) {
    this.backbone = add("backbone", backbone);
    this.proposalGenerator = add("proposal_generator", proposalGenerator);
    this.roiHeads = add("roi_heads", roiHeads);
    this.normalization = normalization;
    buffer("pixel_mean");
    buffer("pixel_std");
  }

  public static GeneralizedRcnn fromConfig(Args args, Build build) {
    Backbone backbone =
        build.component(Backbone.class, args.backbone(), Map.of("image", new ShapeSpec(3, 1)));
    Map<String, ShapeSpec> features = backbone.outputShape();
    return new GeneralizedRcnn(
        backbone,
        build.component(ProposalGenerator.class, args.proposalGenerator(), features),
        build.component(RoiHeads.class, args.roiHeads(), features),
        PixelNormalization.of(build, args.pixelMean(), args.pixelStd()));
  }

  @Override
  public int sizeDivisibility() {
    return backbone.sizeDivisibility();
  }

  @Override
  public List<Stage> stages() {
    return List.of(
        stage(normalization),
        stage(backbone),
        new Stage(
            "proposal_generator",
            proposalGenerator.getClass().getSimpleName(),
            (f, values) ->
                proposalGenerator
                    .forward(f, FeatureMaps.of(values), values.get(SIZES))
                    .writeTo(values)),
        new Stage(
            "roi_heads",
            roiHeads.getClass().getSimpleName(),
            (f, values) ->
                roiHeads
                    .forward(f, FeatureMaps.of(values), Proposals.of(values), values.get(SIZES))
                    .writeTo(values)));
  }

  @Override
  public void train(Forward f, NDArray pixels, NDArray sizes, Supervision supervision) {
    FeatureMaps features = backbone.forward(f, normalization.forward(f, pixels, sizes));
    Proposals proposals = proposalGenerator.train(f, features, sizes, supervision);
    roiHeads.train(f, features, proposals, supervision);
  }
}
