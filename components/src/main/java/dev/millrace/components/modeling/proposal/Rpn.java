package dev.millrace.components.modeling.proposal;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.millrace.components.Build;
import dev.millrace.components.ComponentConfig;
import dev.millrace.components.ConfigException;
import dev.millrace.components.ShapeSpec;
import dev.millrace.components.modeling.Arguments;
import dev.millrace.components.modeling.BoxTransform;
import dev.millrace.components.modeling.FeatureMaps;
import dev.millrace.components.modeling.Forward;
import dev.millrace.components.modeling.ProposalGenerator;
import dev.millrace.components.modeling.Proposals;
import dev.millrace.components.supervision.Supervision;
import dev.millrace.components.trace.VisionOps;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The region proposal network (Ren et al., Faster R-CNN, 2015), as Detectron2's {@code RPN} and
 * {@code find_top_rpn_proposals} at inference: the best anchors of each level are moved, clipped,
 * thinned by non-maximum suppression within their level, and the best of all levels are given on.
 */
public final class Rpn extends ProposalGenerator {

  /** The entry of a head's input shape whose channels are the anchors of a cell. */
  public static final String ANCHORS = "anchors";

  /** What a configuration says of it. */
  public record Args(
      @JsonPropertyDescription("Feature maps to look at") List<String> inFeatures,
      @JsonPropertyDescription("The anchors") ComponentConfig<AnchorGenerator> anchorGenerator,
      @JsonPropertyDescription("Scores and moves anchors") ComponentConfig<RpnHead> head,
      @JsonPropertyDescription("Best anchors of each level before suppression, default 1000")
          @Nullable Integer preNmsTopk,
      @JsonPropertyDescription("Proposals of each image, default 1000")
          @Nullable Integer postNmsTopk,
      @JsonPropertyDescription("IoU above which the lower score goes, default 0.7")
          @Nullable Double nmsThresh,
      @JsonPropertyDescription(
              "Proposals must be wider and higher than this many pixels, default 0")
          @Nullable Double minBoxSize,
      @JsonPropertyDescription("Divisors of dx, dy, dw, dh; default [1, 1, 1, 1]")
          @Nullable List<Double> bboxRegWeights,
      @JsonPropertyDescription("How it is trained") RpnTraining.@Nullable Args training) {}

  private final List<String> inFeatures;
  private final AnchorGenerator anchorGenerator;
  private final RpnHead head;
  private final BoxTransform boxTransform;
  private final int preNmsTopk;
  private final int postNmsTopk;
  private final float nmsThresh;
  private final float minBoxSize;
  private final RpnTraining training;

  public Rpn(
      List<String> inFeatures,
      AnchorGenerator anchorGenerator,
      RpnHead head,
      BoxTransform boxTransform,
      int preNmsTopk,
      int postNmsTopk,
      float nmsThresh,
      float minBoxSize,
      RpnTraining training) {
    this.inFeatures = List.copyOf(inFeatures);
    this.anchorGenerator = anchorGenerator;
    this.head = add("rpn_head", head);
    this.boxTransform = boxTransform;
    this.preNmsTopk = preNmsTopk;
    this.postNmsTopk = postNmsTopk;
    this.nmsThresh = nmsThresh;
    this.minBoxSize = minBoxSize;
    this.training = training;
    for (int level = 0; level < inFeatures.size(); level++) {
      buffer("anchor_generator.cell_anchors." + level);
    }
  }

  public static Rpn fromConfig(Args args, Build build) {
    Map<String, ShapeSpec> shapes = Arguments.select(build, args.inFeatures());
    AnchorGenerator anchors =
        build.component(AnchorGenerator.class, args.anchorGenerator(), shapes);
    Map<String, ShapeSpec> headShape = headShape(build, shapes, anchors);
    return new Rpn(
        args.inFeatures(),
        anchors,
        build.component(RpnHead.class, args.head(), headShape),
        Arguments.weights(build, args.bboxRegWeights(), List.of(1.0, 1.0, 1.0, 1.0)),
        Arguments.positive(build, "preNmsTopk", args.preNmsTopk(), 1000),
        Arguments.positive(build, "postNmsTopk", args.postNmsTopk(), 1000),
        Arguments.within(build, "nmsThresh", args.nmsThresh(), 1, 0.7),
        Arguments.within(build, "minBoxSize", args.minBoxSize(), Float.MAX_VALUE, 0),
        RpnTraining.fromConfig(args.training(), build));
  }

  /**
   * What a head that all feature maps share is built with: their shapes, and {@link #ANCHORS}.
   *
   * @throws ConfigException if their cells have not as many anchors each
   */
  public static Map<String, ShapeSpec> headShape(
      Build build, Map<String, ShapeSpec> shapes, AnchorGenerator anchors) {
    List<Integer> each =
        IntStream.range(0, shapes.size()).map(anchors::anchorsPerCell).boxed().toList();
    if (each.stream().distinct().count() != 1) {
      throw build.mistake(
          "anchorGenerator",
          "expected as many anchors a cell in every feature map of "
              + shapes.keySet()
              + ", since they share a head, found "
              + each
              + ".",
          "Give every map as many sizes times aspect ratios.");
    }
    Map<String, ShapeSpec> headShape = new LinkedHashMap<>(shapes);
    headShape.put(ANCHORS, new ShapeSpec(each.get(0), 1));
    return headShape;
  }

  @Override
  public Proposals forward(Forward f, FeatureMaps features, NDArray sizes) {
    return propose(f.manager(), predict(f, features), sizes, preNmsTopk, postNmsTopk);
  }

  @Override
  public Proposals train(Forward f, FeatureMaps features, NDArray sizes, Supervision supervision) {
    List<AnchorPredictions> levels = predict(f, features);
    AnchorPredictions all = AnchorPredictions.joined(levels);
    training.losses(
        all.scores().squeeze(2), all.deltas(), all.anchors(), boxTransform, supervision);
    // To the next stage proposals are given, not found: no gradient flows back through them.
    return propose(
        f.manager(),
        levels.stream().map(AnchorPredictions::fixed).toList(),
        sizes,
        training.preNmsTopk(),
        training.postNmsTopk());
  }

  private List<AnchorPredictions> predict(Forward f, FeatureMaps features) {
    List<AnchorPredictions> levels = new ArrayList<>();
    for (int level = 0; level < inFeatures.size(); level++) {
      RpnHead.Prediction prediction = head.forward(f, features.get(inFeatures.get(level)));
      levels.add(
          AnchorPredictions.of(
              prediction.objectnessLogits(), prediction.anchorDeltas(), anchorGenerator, level));
    }
    return levels;
  }

  private Proposals propose(
      NDManager manager,
      List<AnchorPredictions> levels,
      NDArray sizes,
      int preNmsTopk,
      int postNmsTopk) {
    NDList boxes = new NDList();
    NDList logits = new NDList();
    for (AnchorPredictions level : levels) {
      AnchorPredictions.Best best = level.best(level.scores().squeeze(2), preNmsTopk, boxTransform);
      boxes.add(best.boxes());
      logits.add(best.ranks().values());
    }
    return select(manager, boxes, logits, sizes, postNmsTopk);
  }

  private Proposals select(
      NDManager manager, NDList boxes, NDList logits, NDArray sizes, int postNmsTopk) {
    NDArray all = BoxTransform.clip(VisionOps.concat(boxes, 1), sizes);
    NDArray size = all.get(":, :, 2:4").sub(all.get(":, :, 0:2"));
    NDArray never = manager.create(Float.NEGATIVE_INFINITY);
    NDArray scores =
        NDArrays.where(size.min(new int[] {2}).gt(minBoxSize), VisionOps.concat(logits, 1), never);
    VisionOps.TopK top =
        Suppression.best(
            all, scores, byLevel(manager, logits), nmsThresh, Float.NEGATIVE_INFINITY, postNmsTopk);
    return new Proposals(VisionOps.pick(all, top.indices()), top.values());
  }

  /** (1, levels, R): a level sees its own boxes only; null where there is one. */
  private static @Nullable NDArray byLevel(NDManager manager, NDList logits) {
    if (logits.size() == 1) {
      return null;
    }
    int all = logits.stream().mapToInt(l -> Math.toIntExact(l.getShape().get(1))).sum();
    float[] member = new float[logits.size() * all];
    int from = 0;
    for (int level = 0; level < logits.size(); level++) {
      int count = Math.toIntExact(logits.get(level).getShape().get(1));
      Arrays.fill(member, level * all + from, level * all + from + count, 1f);
      from += count;
    }
    return manager.create(member, new Shape(1, logits.size(), all)).gt(0.5f);
  }
}
