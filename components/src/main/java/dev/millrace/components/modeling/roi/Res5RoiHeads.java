package dev.millrace.components.modeling.roi;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.pooling.Pool;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.millrace.components.Build;
import dev.millrace.components.ComponentConfig;
import dev.millrace.components.ShapeSpec;
import dev.millrace.components.modeling.FeatureMaps;
import dev.millrace.components.modeling.Forward;
import dev.millrace.components.modeling.Instances;
import dev.millrace.components.modeling.Norm;
import dev.millrace.components.modeling.Proposals;
import dev.millrace.components.modeling.backbone.ResNetShape;
import dev.millrace.components.modeling.backbone.ResNetStage;
import dev.millrace.components.supervision.Supervision;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Detectron2's {@code Res5ROIHeads}, of the C4 models: pools each proposal, runs the ResNet's last
 * stage over it and predicts from the mean (He et al., ResNet, 2015, appendix A). The mask head
 * reads what that stage gives of the boxes found.
 */
public class Res5RoiHeads extends PooledRoiHeads {

  /** What a configuration says of the stage: as of the backbone that it goes on from. */
  public record Res5Args(
      @JsonPropertyDescription("50, 101 or 152; default 50") @Nullable Integer depth,
      @JsonPropertyDescription(
              "Channels of res2; this stage gives eight times as many; default 256")
          @Nullable Integer res2OutChannels,
      @JsonPropertyDescription("Groups of the 3x3 convolutions, default 1")
          @Nullable Integer numGroups,
      @JsonPropertyDescription("Channels of a group in res2, default 64")
          @Nullable Integer widthPerGroup,
      @JsonPropertyDescription(
              "Whether a bottleneck's first convolution steps (default) or its 3x3 one")
          @Nullable Boolean strideIn1x1,
      @JsonPropertyDescription("2: keeps the size of what is pooled; default 1")
          @Nullable Integer res5Dilation,
      @JsonPropertyDescription("Normalisation: " + Norm.NAMES + "; default FrozenBN")
          @Nullable String norm) {

    private ResNetShape shape(Build build) {
      int res2 = res2OutChannels == null ? 256 : res2OutChannels;
      try {
        return new ResNetShape(
            depth == null ? 50 : depth,
            res2,
            res2,
            numGroups == null ? 1 : numGroups,
            widthPerGroup == null ? 64 : widthPerGroup,
            !Boolean.FALSE.equals(strideIn1x1),
            res5Dilation == null ? 1 : res5Dilation,
            Norm.of(build, "res5.norm", norm, Norm.FROZEN_BN));
      } catch (IllegalArgumentException e) {
        throw build.mistake("res5", e.getMessage() + ".", "Say what the backbone says.");
      }
    }
  }

  /** What a configuration says of it. */
  public record Args(
      @JsonPropertyDescription("The feature map to pool from, one") List<String> inFeatures,
      @JsonPropertyDescription("How regions are pooled") RoiPooler.Args pooler,
      @JsonPropertyDescription("The ResNet's last stage") @Nullable Res5Args res5,
      @JsonPropertyDescription("Feature to class and box")
          ComponentConfig<BoxPredictor> boxPredictor,
      @JsonPropertyDescription("What res5 gives of a box to its mask; default none")
          @Nullable ComponentConfig<MaskHead> maskHead,
      @JsonPropertyDescription("How they are trained") RoiTraining.@Nullable Args training) {}

  private static final int RES5 = 5;

  private final RoiPooler pooler;
  private final ResNetStage res5;
  private final BoxPredictor boxPredictor;
  private final @Nullable MaskHead maskHead;

  /**
   * @param inFeature name of the feature map that {@code pooler} was made for
   * @param maskHead null: no masks
   */
  public Res5RoiHeads(
      String inFeature,
      RoiPooler pooler,
      ResNetStage res5,
      BoxPredictor boxPredictor,
      @Nullable MaskHead maskHead,
      RoiTraining training) {
    super(List.of(inFeature), null, null, training);
    this.pooler = pooler;
    this.res5 = add("res5", res5);
    this.boxPredictor = add("box_predictor", boxPredictor);
    this.maskHead = maskHead == null ? null : add("mask_head", maskHead);
  }

  public static Res5RoiHeads fromConfig(Args args, Build build) {
    Collection<ShapeSpec> shapes = shapes(build, args.inFeatures()).values();
    if (shapes.size() != 1) {
      throw build.mistake(
          "inFeatures",
          "expected one feature map, found " + args.inFeatures() + ".",
          "A C4 model has res4.");
    }
    RoiPooler pooler = RoiPooler.fromConfig(args.pooler(), build, "pooler", shapes);
    Res5Args described =
        args.res5() == null ? new Res5Args(null, null, null, null, null, null, null) : args.res5();
    ShapeSpec pooled = pooler.outputShape(shapes);
    ResNetStage res5 = new ResNetStage(described.shape(build), RES5, pooled.channels());
    int side = (pooler.resolution() + res5.stride() - 1) / res5.stride();
    Map<String, ShapeSpec> features =
        Map.of("features", ShapeSpec.pooled(res5.channels(), side, side));
    return new Res5RoiHeads(
        args.inFeatures().get(0),
        pooler,
        res5,
        build.component(
            BoxPredictor.class,
            args.boxPredictor(),
            Map.of("features", ShapeSpec.pooled(res5.channels(), 1, 1))),
        args.maskHead() == null ? null : build.component(MaskHead.class, args.maskHead(), features),
        RoiTraining.fromConfig(args.training(), build));
  }

  @Override
  protected Instances forwardBox(
      Forward f, FeatureMaps features, Proposals proposals, NDArray sizes) {
    NDArray x = res5.forward(f, pooler.forward(maps(features), proposals.boxes()));
    return boxPredictor.inference(predict(f, x), proposals, sizes);
  }

  @Override
  protected Instances forwardWithGivenBoxes(Forward f, FeatureMaps features, Instances found) {
    if (maskHead == null) {
      return found;
    }
    NDArray x = res5.forward(f, pooler.forward(maps(features), found.boxes()));
    NDArray masks = maskHead.inference(maskHead.forward(f, x), found.classes());
    return found.with(Instances.PRED_MASKS, byImage(masks, found));
  }

  private BoxPredictor.Predictions predict(Forward f, NDArray x) {
    return boxPredictor.forward(f, Pool.globalAvgPool2d(x));
  }

  @Override
  protected void trainBox(
      Forward f, FeatureMaps features, SampledProposals sampled, Supervision supervision) {
    NDArray x = res5.forward(f, sampled.pool(pooler, maps(features)));
    boxPredictor.losses(predict(f, x), sampled.samples()).forEach(supervision::loss);
  }

  @Override
  protected void trainWithGivenBoxes(
      Forward f, FeatureMaps features, SampledProposals sampled, Supervision supervision) {
    if (maskHead != null) {
      SampledProposals objects = sampled.objects();
      NDArray x = res5.forward(f, objects.pool(pooler, maps(features)));
      maskHead
          .losses(maskHead.forward(f, x), objects.samples(), objects.masks())
          .forEach(supervision::loss);
    }
  }

  @Override
  protected int classes() {
    return boxPredictor.classes();
  }
}
