package dev.millrace.components.modeling.roi;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.millrace.components.Build;
import dev.millrace.components.ComponentConfig;
import dev.millrace.components.ShapeSpec;
import dev.millrace.components.modeling.BoxTransform;
import dev.millrace.components.modeling.FeatureMaps;
import dev.millrace.components.modeling.Forward;
import dev.millrace.components.modeling.Instances;
import dev.millrace.components.modeling.Proposals;
import dev.millrace.components.supervision.Scalars;
import dev.millrace.components.supervision.Supervision;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Detectron2's {@code CascadeROIHeads} (Cai and Vasconcelos, Cascade R-CNN, 2018): box heads one
 * after the other, each of which starts from the boxes of the one before. Scores are the mean of
 * all, boxes those of the last.
 */
public class CascadeRoiHeads extends PooledRoiHeads {

  /** What a configuration says of a stage. */
  public record StageArgs(
      @JsonPropertyDescription("Divisors of dx, dy, dw, dh") List<Double> bboxRegWeights,
      @JsonPropertyDescription("Training: IoU from which on a box is an object")
          Double iouThreshold) {}

  /** What a configuration says of it. */
  public record Args(
      @JsonPropertyDescription("Feature maps to pool from, finest first") List<String> inFeatures,
      @JsonPropertyDescription("How regions are pooled for the box heads") RoiPooler.Args boxPooler,
      @JsonPropertyDescription("Pooled region to feature, one for each stage")
          ComponentConfig<BoxHead> boxHead,
      @JsonPropertyDescription(
              "Feature to class and box, one for each stage, with clsAgnosticBboxReg and without"
                  + " bboxRegWeights")
          ComponentConfig<BoxPredictor> boxPredictor,
      @JsonPropertyDescription(
              "The stages, default weights [10, 10, 5, 5], [20, 20, 10, 10], [30, 30, 15, 15] and"
                  + " thresholds 0.5, 0.6, 0.7")
          @Nullable List<StageArgs> stages,
      @JsonPropertyDescription("How the boxes found are pooled for the mask head")
          RoiPooler.@Nullable Args maskPooler,
      @JsonPropertyDescription("Pooled box to mask; default none")
          @Nullable ComponentConfig<MaskHead> maskHead,
      @JsonPropertyDescription("How the boxes found are pooled for the keypoint head")
          RoiPooler.@Nullable Args keypointPooler,
      @JsonPropertyDescription("Pooled box to keypoints; default none")
          @Nullable ComponentConfig<KeypointHead> keypointHead,
      @JsonPropertyDescription("How they are trained") RoiTraining.@Nullable Args training) {}

  private static final List<StageArgs> STAGES =
      List.of(
          new StageArgs(List.of(10.0, 10.0, 5.0, 5.0), 0.5),
          new StageArgs(List.of(20.0, 20.0, 10.0, 10.0), 0.6),
          new StageArgs(List.of(30.0, 30.0, 15.0, 15.0), 0.7));

  /**
   * A stage's head and what it predicts with.
   *
   * @param predictor with one box for all classes
   * @param iouThreshold while training, from which on a box is an object; of the first stage how
   *     proposals are chosen says it
   */
  public record Stage(BoxHead head, FastRcnnOutputLayers predictor, double iouThreshold) {}

  private final RoiPooler boxPooler;
  private final List<Stage> stages;

  /**
   * @param inFeatures names of the feature maps that all poolers were made for, in their order
   * @param stages at least one
   * @param mask null: no masks
   * @param keypoint null: no keypoints
   */
  public CascadeRoiHeads(
      List<String> inFeatures,
      RoiPooler boxPooler,
      List<Stage> stages,
      @Nullable RoiBranch<MaskHead> mask,
      @Nullable RoiBranch<KeypointHead> keypoint,
      RoiTraining training) {
    super(inFeatures, mask, keypoint, training);
    this.boxPooler = boxPooler;
    this.stages = List.copyOf(stages);
    for (int k = 0; k < stages.size(); k++) {
      add("box_head." + k, stages.get(k).head());
    }
    for (int k = 0; k < stages.size(); k++) {
      FastRcnnOutputLayers predictor = add("box_predictor." + k, stages.get(k).predictor());
      if (!predictor.agnostic()) {
        throw new IllegalArgumentException(
            "expected predictors of one box for all classes, found boxes for each class");
      }
    }
    addBranches();
  }

  public static CascadeRoiHeads fromConfig(Args args, Build build) {
    Collection<ShapeSpec> shapes = shapes(build, args.inFeatures()).values();
    RoiPooler pooler = RoiPooler.fromConfig(args.boxPooler(), build, "boxPooler", shapes);
    List<StageArgs> described = args.stages() == null ? STAGES : args.stages();
    if (described.isEmpty()) {
      throw build.mistake(
          "stages", "expected at least one, found none.", "Leave it out for three.");
    }
    List<Stage> stages = new ArrayList<>();
    for (StageArgs stage : described) {
      int k = stages.size();
      BoxHead head =
          build.component(
              BoxHead.class,
              of(args.boxHead(), k, Map.of()),
              Map.of("pooled", pooler.outputShape(shapes)));
      BoxPredictor predictor =
          build.component(
              BoxPredictor.class,
              of(args.boxPredictor(), k, Map.of("bboxRegWeights", stage.bboxRegWeights())),
              Map.of("features", head.outputShape()));
      if (!(predictor instanceof FastRcnnOutputLayers layers) || !layers.agnostic()) {
        throw build.mistake(
            "boxPredictor",
            "a cascade needs FastRcnnOutputLayers with one box for all classes, found "
                + args.boxPredictor().name()
                + " "
                + args.boxPredictor().arguments()
                + ".",
            "Set clsAgnosticBboxReg: true.");
      }
      stages.add(new Stage(head, layers, stage.iouThreshold()));
    }
    return new CascadeRoiHeads(
        args.inFeatures(),
        pooler,
        stages,
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

  /** The same component again for stage {@code k}, at a path of its own and with more arguments. */
  private static <T> ComponentConfig<T> of(
      ComponentConfig<T> config, int k, Map<String, Object> more) {
    Map<String, Object> arguments = new LinkedHashMap<>(config.arguments());
    arguments.putAll(more);
    return new ComponentConfig<>(config.name(), arguments, config.path() + "[" + k + "]");
  }

  @Override
  protected Instances forwardBox(
      Forward f, FeatureMaps features, Proposals proposals, NDArray sizes) {
    NDArray boxes = proposals.boxes();
    NDArray predicted = boxes.expandDims(2);
    NDArray probs = null;
    for (Stage stage : stages) {
      boxes = BoxTransform.clip(predicted, sizes).reshape(proposals.boxes().getShape());
      NDArray pooled = boxPooler.forward(maps(features), boxes);
      BoxPredictor.Predictions predictions =
          stage.predictor().forward(f, stage.head().forward(f, pooled));
      predicted = stage.predictor().predictBoxes(predictions, boxes);
      NDArray own = stage.predictor().predictProbs(predictions);
      probs = probs == null ? own : probs.add(own);
    }
    Stage last = stages.get(stages.size() - 1);
    return last.predictor()
        .select(
            predicted,
            Scalars.times(Objects.requireNonNull(probs), 1.0 / stages.size()),
            proposals.logits(),
            sizes);
  }

  @Override
  protected void trainBox(
      Forward f, FeatureMaps features, SampledProposals sampled, Supervision supervision) {
    SampledProposals now = sampled;
    for (int k = 0; k < stages.size(); k++) {
      Stage stage = stages.get(k);
      RoiSamples samples = now.samples();
      // Every stage teaches what is below it, so each does so less: Detectron2's _ScaleGradient.
      NDArray pooled = now.pool(boxPooler, maps(features));
      double share = 1.0 / stages.size();
      NDArray scaled =
          Scalars.times(pooled, share).add(Scalars.times(pooled.stopGradient(), 1 - share));
      BoxPredictor.Predictions predictions =
          stage.predictor().forward(f, stage.head().forward(f, scaled));
      String end = "_stage" + k;
      stage
          .predictor()
          .losses(predictions, samples)
          .forEach((name, loss) -> supervision.loss(name + end, loss));
      if (k + 1 < stages.size()) {
        NDArray boxes = f.manager().create(samples.boxes(), new Shape(1, samples.rows(), 4));
        now =
            now.moved(
                stage.predictor().predictBoxes(predictions, boxes).toFloatArray(),
                stages.get(k + 1).iouThreshold());
      }
    }
  }

  @Override
  protected int classes() {
    return stages.get(0).predictor().classes();
  }
}
