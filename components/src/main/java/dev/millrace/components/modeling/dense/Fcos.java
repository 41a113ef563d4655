package dev.millrace.components.modeling.dense;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.nn.Activation;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.millrace.components.Build;
import dev.millrace.components.ComponentConfig;
import dev.millrace.components.ShapeSpec;
import dev.millrace.components.modeling.Arguments;
import dev.millrace.components.modeling.Backbone;
import dev.millrace.components.modeling.LinearBoxTransform;
import dev.millrace.components.modeling.PixelNormalization;
import dev.millrace.components.modeling.proposal.AnchorGenerator;
import dev.millrace.components.modeling.proposal.AnchorPredictions;
import dev.millrace.components.modeling.proposal.DefaultAnchorGenerator;
import dev.millrace.components.modeling.proposal.Rpn;
import dev.millrace.components.supervision.Losses;
import dev.millrace.components.supervision.Scalars;
import dev.millrace.components.supervision.Supervision;
import dev.millrace.components.trace.VisionOps;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Detectron2's {@code FCOS} (Tian et al., 2019): every cell says of every class how likely it is,
 * how far the object's edges are, and how near its middle the cell is.
 */
public final class Fcos extends DenseDetector {

  /** What a configuration says of it. */
  public record Args(
      @JsonPropertyDescription("Image to feature maps") ComponentConfig<Backbone> backbone,
      @JsonPropertyDescription("Feature maps to look at, finest first") List<String> inFeatures,
      @JsonPropertyDescription("Classifies cells and finds edges") ComponentConfig<DenseHead> head,
      @JsonPropertyDescription("Detections must score above this, default 0.2")
          @Nullable Double testScoreThresh,
      @JsonPropertyDescription(
              "Best pairs of cell and class of each level before suppression, default 1000")
          @Nullable Integer testTopkCandidates,
      @JsonPropertyDescription("IoU above which the lower score of a class goes, default 0.6")
          @Nullable Double testNmsThresh,
      @JsonPropertyDescription("Detections of each image, default 100")
          @Nullable Integer maxDetectionsPerImage,
      @JsonPropertyDescription(
              "While training: how far from an object's middle a cell may be that answers for it,"
                  + " in strides; default 1.5")
          @Nullable Double centerSamplingRadius,
      @JsonPropertyDescription("Mean of each channel, blue first; default Detectron2's")
          @Nullable List<Double> pixelMean,
      @JsonPropertyDescription("Divisor of each channel, blue first; default 1")
          @Nullable List<Double> pixelStd,
      @JsonPropertyDescription("How it is trained") FcosTraining.@Nullable Args training) {}

  private static final LinearBoxTransform EDGES = new LinearBoxTransform();

  private final FcosTraining training;

  /**
   * @param inFeatures feature maps, finest first
   * @param shapes of them
   * @param head of one anchor a cell, with a centerness
   */
  public Fcos(
      Backbone backbone,
      List<String> inFeatures,
      Collection<ShapeSpec> shapes,
      DenseHead head,
      DenseInference inference,
      PixelNormalization normalization,
      FcosTraining training) {
    super(backbone, inFeatures, cells(shapes), head, EDGES, inference, normalization);
    this.training = training;
  }

  /** A square of one stride for each cell. */
  private static AnchorGenerator cells(Collection<ShapeSpec> shapes) {
    int[] strides = shapes.stream().mapToInt(ShapeSpec::stride).toArray();
    return new DefaultAnchorGenerator(
        shapes.stream().map(shape -> List.of((double) shape.stride())).toList(),
        List.of(List.of(1.0)),
        strides,
        0);
  }

  public static Fcos fromConfig(Args args, Build build) {
    Backbone backbone =
        build.component(Backbone.class, args.backbone(), Map.of("image", new ShapeSpec(3, 1)));
    Map<String, ShapeSpec> shapes =
        Arguments.select(build, backbone.outputShape(), args.inFeatures());
    DenseHead head =
        build.component(
            DenseHead.class, args.head(), Rpn.headShape(build, shapes, cells(shapes.values())));
    return new Fcos(
        backbone,
        args.inFeatures(),
        shapes.values(),
        fitting(build, head, true),
        new DenseInference(
            Arguments.within(build, "testScoreThresh", args.testScoreThresh(), 1, 0.2),
            Arguments.positive(build, "testTopkCandidates", args.testTopkCandidates(), 1000),
            Arguments.within(build, "testNmsThresh", args.testNmsThresh(), 1, 0.6),
            Arguments.positive(build, "maxDetectionsPerImage", args.maxDetectionsPerImage(), 100)),
        PixelNormalization.of(build, args.pixelMean(), args.pixelStd()),
        FcosTraining.fromConfig(args.centerSamplingRadius(), args.training(), build));
  }

  /** The geometric mean of class and centerness (Tian et al., FCOS, 2020, equation 4). */
  @Override
  NDArray probabilities(DenseHead.Prediction prediction) {
    return Activation.sigmoid(prediction.logits())
        .mul(Activation.sigmoid(centerness(prediction)))
        .sqrt();
  }

  private static NDArray centerness(DenseHead.Prediction prediction) {
    NDArray centerness = prediction.centerness();
    if (centerness == null) {
      throw new IllegalStateException("the head gave no centerness");
    }
    return centerness;
  }

  /** {@code loss_fcos_cls}, {@code loss_fcos_loc} and {@code loss_fcos_ctr}, as Detectron2's. */
  @Override
  void losses(
      AnchorPredictions all, List<DenseHead.Prediction> predictions, Supervision supervision) {
    NDList centerness = new NDList();
    List<Integer> cells = new ArrayList<>();
    for (DenseHead.Prediction prediction : predictions) {
      NDArray rows = AnchorPredictions.rows(centerness(prediction), 1);
      centerness.add(rows);
      cells.add(Math.toIntExact(rows.getShape().get(1)));
    }
    FcosMatcher matcher = new FcosMatcher(cells, training.centerSamplingRadius());
    DenseTargets targets =
        DenseTargets.of(
            supervision, all, (truth, anchors) -> matcher.match(truth.boxes(), anchors));
    double each = 1 / DenseLosses.normalizer(supervision, targets, FcosTraining.FIRST_NORMALIZER);
    DenseLosses losses = training.losses();
    supervision.loss("loss_fcos_cls", Scalars.times(losses.classification(all, targets), each));
    supervision.loss("loss_fcos_loc", Scalars.times(losses.boxes(all, targets, EDGES), each));
    supervision.loss(
        "loss_fcos_ctr",
        Scalars.times(centernessLoss(VisionOps.concat(centerness, 1), targets), each));
  }

  private static NDArray centernessLoss(NDArray logits, DenseTargets targets) {
    if (targets.positive().length == 0) {
      return Scalars.times(logits.sum(), 0); // keeps the gradient's path
    }
    return Losses.binaryCrossEntropyWithLogits(
        DenseLosses.rows(logits, targets.positive()).squeeze(1),
        logits.getManager().create(centerness(targets)));
  }

  /** 1 in the middle of an object, 0 at its edges. */
  private static float[] centerness(DenseTargets targets) {
    float[] edges = EDGES.deltas(targets.starts(), targets.truth());
    float[] centerness = new float[edges.length / 4];
    for (int i = 0; i < centerness.length; i++) {
      centerness[i] =
          (float)
              Math.sqrt(
                  ratio(edges[4 * i], edges[4 * i + 2])
                      * ratio(edges[4 * i + 1], edges[4 * i + 3]));
    }
    return centerness;
  }

  private static float ratio(float a, float b) {
    return Math.min(a, b) / Math.max(a, b);
  }
}
