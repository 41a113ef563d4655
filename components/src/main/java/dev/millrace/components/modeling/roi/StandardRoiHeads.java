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
import dev.millrace.components.supervision.Supervision;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Detectron2's {@code StandardROIHeads}: pool each proposal, run the box head, predict; then masks
 * and keypoints of what was found. Heads do not share features.
 */
public class StandardRoiHeads extends PooledRoiHeads {

  /** What a configuration says of it. */
  public record Args(
      @JsonPropertyDescription("Feature maps to pool from, finest first") List<String> inFeatures,
      @JsonPropertyDescription("How regions are pooled for the box head") RoiPooler.Args boxPooler,
      @JsonPropertyDescription("Pooled region to feature") ComponentConfig<BoxHead> boxHead,
      @JsonPropertyDescription("Feature to class and box")
          ComponentConfig<BoxPredictor> boxPredictor,
      @JsonPropertyDescription("How the boxes found are pooled for the mask head")
          RoiPooler.@Nullable Args maskPooler,
      @JsonPropertyDescription("Pooled box to mask; default none")
          @Nullable ComponentConfig<MaskHead> maskHead,
      @JsonPropertyDescription("How the boxes found are pooled for the keypoint head")
          RoiPooler.@Nullable Args keypointPooler,
      @JsonPropertyDescription("Pooled box to keypoints; default none")
          @Nullable ComponentConfig<KeypointHead> keypointHead,
      @JsonPropertyDescription("How they are trained") RoiTraining.@Nullable Args training) {}

  private final RoiPooler boxPooler;
  private final BoxHead boxHead;
  private final BoxPredictor boxPredictor;

  /** Boxes alone. */
  public StandardRoiHeads(
      List<String> inFeatures,
      RoiPooler boxPooler,
      BoxHead boxHead,
      BoxPredictor boxPredictor,
      RoiTraining training) {
    this(inFeatures, new RoiBranch<>(boxPooler, boxHead), boxPredictor, null, null, training);
  }

  /**
   * @param inFeatures names of the feature maps that all poolers were made for, in their order
   * @param mask null: no masks
   * @param keypoint null: no keypoints
   */
  public StandardRoiHeads(
      List<String> inFeatures,
      RoiBranch<BoxHead> box,
      BoxPredictor boxPredictor,
      @Nullable RoiBranch<MaskHead> mask,
      @Nullable RoiBranch<KeypointHead> keypoint,
      RoiTraining training) {
    super(inFeatures, mask, keypoint, training);
    boxPooler = box.pooler();
    boxHead = add("box_head", box.head());
    this.boxPredictor = add("box_predictor", boxPredictor);
    addBranches();
  }

  public static StandardRoiHeads fromConfig(Args args, Build build) {
    Collection<ShapeSpec> shapes = shapes(build, args.inFeatures()).values();
    RoiBranch<BoxHead> box =
        RoiBranch.of(BoxHead.class, "box", args.boxPooler(), args.boxHead(), build, shapes);
    return new StandardRoiHeads(
        args.inFeatures(),
        box,
        build.component(
            BoxPredictor.class, args.boxPredictor(), Map.of("features", box.head().outputShape())),
        RoiBranch.optional(
            MaskHead.class, "mask", args.maskPooler(), args.maskHead(), build, shapes),
        RoiBranch.optional(
            KeypointHead.class,
            "keypoint",
            args.keypointPooler(),
            args.keypointHead(),
            build,
            shapes),
        RoiTraining.fromConfig(args.training(), build));
  }

  @Override
  protected Instances forwardBox(
      Forward f, FeatureMaps features, Proposals proposals, NDArray sizes) {
    NDArray pooled = boxPooler.forward(maps(features), proposals.boxes());
    return boxPredictor.inference(predict(f, pooled), proposals, sizes);
  }

  @Override
  protected void trainBox(
      Forward f, FeatureMaps features, SampledProposals sampled, Supervision supervision) {
    NDArray pooled = sampled.pool(boxPooler, maps(features));
    boxPredictor.losses(predict(f, pooled), sampled.samples()).forEach(supervision::loss);
  }

  private BoxPredictor.Predictions predict(Forward f, NDArray pooled) {
    return boxPredictor.forward(f, boxHead.forward(f, pooled));
  }

  @Override
  protected int classes() {
    return boxPredictor.classes();
  }
}
