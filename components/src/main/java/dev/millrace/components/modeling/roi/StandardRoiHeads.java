package dev.millrace.components.modeling.roi;

import ai.djl.ndarray.NDArray;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.millrace.components.Build;
import dev.millrace.components.ComponentConfig;
import dev.millrace.components.ShapeSpec;
import dev.millrace.components.modeling.FeatureMaps;
import dev.millrace.components.modeling.Forward;
import dev.millrace.components.modeling.Instances;
import dev.millrace.components.modeling.Proposals;
import dev.millrace.components.modeling.RoiHeads;
import dev.millrace.components.modeling.proposal.Rpn;
import java.util.List;
import java.util.Map;

/**
 * Detectron2's {@code StandardROIHeads}: pool each proposal, run the box head, predict. Heads do
 * not share features.
 */
public final class StandardRoiHeads extends RoiHeads {

  /** What a configuration says of it. */
  public record Args(
      @JsonPropertyDescription("Feature maps to pool from, finest first") List<String> inFeatures,
      @JsonPropertyDescription("How regions are pooled for the box head") RoiPooler.Args boxPooler,
      @JsonPropertyDescription("Pooled region to feature") ComponentConfig<BoxHead> boxHead,
      @JsonPropertyDescription("Feature to class and box")
          ComponentConfig<BoxPredictor> boxPredictor) {}

  private final List<String> inFeatures;
  private final RoiPooler boxPooler;
  private final BoxHead boxHead;
  private final BoxPredictor boxPredictor;

  /**
   * @param inFeatures names of the feature maps that {@code boxPooler} was made for, in its order
   */
  public StandardRoiHeads(
      List<String> inFeatures, RoiPooler boxPooler, BoxHead boxHead, BoxPredictor boxPredictor) {
    this.inFeatures = List.copyOf(inFeatures);
    this.boxPooler = boxPooler;
    this.boxHead = add("box_head", boxHead);
    this.boxPredictor = add("box_predictor", boxPredictor);
  }

  public static StandardRoiHeads fromConfig(Args args, Build build) {
    Map<String, ShapeSpec> shapes = Rpn.select(build, args.inFeatures());
    if (shapes.values().stream().map(ShapeSpec::channels).distinct().count() != 1) {
      throw build.mistake(
          "inFeatures",
          "expected feature maps of the same number of channels, found " + shapes + ".",
          "Choose maps that agree.");
    }
    RoiPooler pooler = RoiPooler.fromConfig(args.boxPooler(), build, "boxPooler", shapes.values());
    int channels = shapes.values().iterator().next().channels();
    BoxHead head =
        build.component(
            BoxHead.class,
            args.boxHead(),
            Map.of("pooled", ShapeSpec.pooled(channels, pooler.resolution(), pooler.resolution())));
    return new StandardRoiHeads(
        args.inFeatures(),
        pooler,
        head,
        build.component(
            BoxPredictor.class, args.boxPredictor(), Map.of("features", head.outputShape())));
  }

  @Override
  public Instances forward(Forward f, FeatureMaps features, Proposals proposals, NDArray sizes) {
    NDArray pooled = boxPooler.forward(RoiPooler.select(features, inFeatures), proposals.boxes());
    BoxPredictor.Predictions predictions = boxPredictor.forward(f, boxHead.forward(f, pooled));
    return boxPredictor.inference(predictions, proposals, sizes);
  }
}
