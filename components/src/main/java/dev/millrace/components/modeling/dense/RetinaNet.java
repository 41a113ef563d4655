package dev.millrace.components.modeling.dense;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.Activation;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.millrace.components.Build;
import dev.millrace.components.ComponentConfig;
import dev.millrace.components.ShapeSpec;
import dev.millrace.components.modeling.Arguments;
import dev.millrace.components.modeling.Backbone;
import dev.millrace.components.modeling.BoxTransform;
import dev.millrace.components.modeling.PixelNormalization;
import dev.millrace.components.modeling.proposal.AnchorGenerator;
import dev.millrace.components.modeling.proposal.AnchorPredictions;
import dev.millrace.components.modeling.proposal.Rpn;
import dev.millrace.components.supervision.Scalars;
import dev.millrace.components.supervision.Supervision;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Detectron2's {@code RetinaNet} (Lin et al., Focal Loss for Dense Object Detection, 2017): every
 * anchor says of every class how likely it is, and where the object is.
 */
public final class RetinaNet extends DenseDetector {

  /** What a configuration says of it. */
  public record Args(
      @JsonPropertyDescription("Image to feature maps") ComponentConfig<Backbone> backbone,
      @JsonPropertyDescription("Feature maps to look at") List<String> inFeatures,
      @JsonPropertyDescription("The anchors") ComponentConfig<AnchorGenerator> anchorGenerator,
      @JsonPropertyDescription("Classifies and moves anchors") ComponentConfig<DenseHead> head,
      @JsonPropertyDescription("Detections must score above this, default 0.05")
          @Nullable Double testScoreThresh,
      @JsonPropertyDescription(
              "Best pairs of anchor and class of each level before suppression, default 1000")
          @Nullable Integer testTopkCandidates,
      @JsonPropertyDescription("IoU above which the lower score of a class goes, default 0.5")
          @Nullable Double testNmsThresh,
      @JsonPropertyDescription("Detections of each image, default 100")
          @Nullable Integer maxDetectionsPerImage,
      @JsonPropertyDescription("Divisors of dx, dy, dw, dh; default [1, 1, 1, 1]")
          @Nullable List<Double> bboxRegWeights,
      @JsonPropertyDescription("Mean of each channel, blue first; default Detectron2's")
          @Nullable List<Double> pixelMean,
      @JsonPropertyDescription("Divisor of each channel, blue first; default 1")
          @Nullable List<Double> pixelStd,
      @JsonPropertyDescription("How it is trained") RetinaNetTraining.@Nullable Args training) {}

  private final BoxTransform boxTransform;
  private final RetinaNetTraining training;

  /**
   * @param inFeatures feature maps, as the anchor generator and the head were built for
   */
  public RetinaNet(
      Backbone backbone,
      List<String> inFeatures,
      AnchorGenerator anchorGenerator,
      DenseHead head,
      BoxTransform boxTransform,
      DenseInference inference,
      PixelNormalization normalization,
      RetinaNetTraining training) {
    super(backbone, inFeatures, anchorGenerator, head, boxTransform, inference, normalization);
    this.boxTransform = boxTransform;
    this.training = training;
  }

  public static RetinaNet fromConfig(Args args, Build build) {
    Backbone backbone =
        build.component(Backbone.class, args.backbone(), Map.of("image", new ShapeSpec(3, 1)));
    Map<String, ShapeSpec> shapes =
        Arguments.select(build, backbone.outputShape(), args.inFeatures());
    AnchorGenerator anchors =
        build.component(AnchorGenerator.class, args.anchorGenerator(), shapes);
    DenseHead head =
        build.component(DenseHead.class, args.head(), Rpn.headShape(build, shapes, anchors));
    return new RetinaNet(
        backbone,
        args.inFeatures(),
        anchors,
        fitting(build, head, false),
        Arguments.weights(build, args.bboxRegWeights(), List.of(1.0, 1.0, 1.0, 1.0)),
        new DenseInference(
            Arguments.within(build, "testScoreThresh", args.testScoreThresh(), 1, 0.05),
            Arguments.positive(build, "testTopkCandidates", args.testTopkCandidates(), 1000),
            Arguments.within(build, "testNmsThresh", args.testNmsThresh(), 1, 0.5),
            Arguments.positive(build, "maxDetectionsPerImage", args.maxDetectionsPerImage(), 100)),
        PixelNormalization.of(build, args.pixelMean(), args.pixelStd()),
        RetinaNetTraining.fromConfig(args.training(), build));
  }

  @Override
  NDArray probabilities(DenseHead.Prediction prediction) {
    return Activation.sigmoid(prediction.logits());
  }

  /** {@code loss_cls} and {@code loss_box_reg}, as Detectron2 has them. */
  @Override
  void losses(
      AnchorPredictions all, List<DenseHead.Prediction> predictions, Supervision supervision) {
    DenseTargets targets =
        DenseTargets.of(
            supervision,
            all,
            (truth, anchors) -> training.anchorMatcher().match(truth.boxes(), anchors));
    double each =
        1 / DenseLosses.normalizer(supervision, targets, RetinaNetTraining.FIRST_NORMALIZER);
    DenseLosses losses = training.losses();
    supervision.loss("loss_cls", Scalars.times(losses.classification(all, targets), each));
    supervision.loss("loss_box_reg", Scalars.times(losses.boxes(all, targets, boxTransform), each));
  }
}
