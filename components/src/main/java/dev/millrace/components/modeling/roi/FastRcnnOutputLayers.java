package dev.millrace.components.modeling.roi;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.millrace.components.Build;
import dev.millrace.components.modeling.Arguments;
import dev.millrace.components.modeling.BoxLoss;
import dev.millrace.components.modeling.BoxTransform;
import dev.millrace.components.modeling.Forward;
import dev.millrace.components.modeling.Initial;
import dev.millrace.components.modeling.Instances;
import dev.millrace.components.modeling.Layers;
import dev.millrace.components.modeling.Proposals;
import dev.millrace.components.supervision.Boxes;
import dev.millrace.components.supervision.Losses;
import dev.millrace.components.supervision.Scalars;
import dev.millrace.components.trace.VisionOps;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Detectron2's {@code FastRCNNOutputLayers}: softmax over the classes and the background, boxes for
 * each class or for all, then {@code fast_rcnn_inference}: a score threshold, suppression within
 * each class, the best of all classes.
 */
public class FastRcnnOutputLayers extends BoxPredictor {

  /** What a configuration says of it. */
  public record Args(
      @JsonPropertyDescription("Detections must score above this, default 0.05")
          @Nullable Double testScoreThresh,
      @JsonPropertyDescription("IoU above which the lower score of a class goes, default 0.5")
          @Nullable Double testNmsThresh,
      @JsonPropertyDescription("Detections of each image, default 100")
          @Nullable Integer testTopkPerImage,
      @JsonPropertyDescription("One box for all classes, default false")
          @Nullable Boolean clsAgnosticBboxReg,
      @JsonPropertyDescription("Divisors of dx, dy, dw, dh; default [10, 10, 5, 5]")
          @Nullable List<Double> bboxRegWeights,
      @JsonPropertyDescription("smooth_l1 (default) or giou") @Nullable String bboxRegLossType,
      @JsonPropertyDescription("Where smooth L1 turns linear; 0 (default): L1")
          @Nullable Double smoothL1Beta) {}

  private final Block clsScore;
  private final Block bboxPred;
  private final int classes;
  private final boolean agnostic;
  private final BoxTransform boxTransform;
  private final float scoreThresh;
  private final float nmsThresh;
  private final int topk;
  private final BoxLoss boxLoss;

  /**
   * @param classes K, the background not counted
   */
  public FastRcnnOutputLayers(
      int classes,
      boolean agnostic,
      BoxTransform boxTransform,
      float scoreThresh,
      float nmsThresh,
      int topk,
      BoxLoss boxLoss) {
    this.classes = classes;
    this.agnostic = agnostic;
    this.boxTransform = boxTransform;
    this.scoreThresh = scoreThresh;
    this.nmsThresh = nmsThresh;
    this.topk = topk;
    this.boxLoss = boxLoss;
    clsScore = add("cls_score", Layers.linear(classes + 1), Initial.normal(0.01));
    bboxPred = add("bbox_pred", Layers.linear(agnostic ? 4 : 4 * classes), Initial.normal(0.001));
  }

  public static FastRcnnOutputLayers fromConfig(Args args, Build build) {
    int topk = args.testTopkPerImage() == null ? 100 : args.testTopkPerImage();
    if (topk < 1) {
      throw build.mistake(
          "testTopkPerImage", "expected 1 or more, found " + topk + ".", "Leave it out for 100.");
    }
    return new FastRcnnOutputLayers(
        build.classNames().size(),
        Boolean.TRUE.equals(args.clsAgnosticBboxReg()),
        Arguments.weights(build, args.bboxRegWeights(), List.of(10.0, 10.0, 5.0, 5.0)),
        probability(build, "testScoreThresh", args.testScoreThresh(), 0.05),
        probability(build, "testNmsThresh", args.testNmsThresh(), 0.5),
        topk,
        BoxLoss.of(build, args.bboxRegLossType(), args.smoothL1Beta()));
  }

  private static float probability(
      Build build, String key, @Nullable Double given, double standard) {
    double value = given == null ? standard : given;
    if (!(value >= 0 && value <= 1)) {
      throw build.mistake(
          key, "expected 0 to 1, found " + value + ".", "Leave it out for " + standard + ".");
    }
    return (float) value;
  }

  @Override
  public Predictions forward(Forward f, NDArray features) {
    Shape shape = features.getShape();
    NDArray x =
        shape.dimension() == 2 ? features : features.reshape(shape.get(0), shape.slice(1).size());
    return new Predictions(f.apply(clsScore, x), f.apply(bboxPred, x));
  }

  @Override
  public Instances inference(Predictions predictions, Proposals proposals, NDArray sizes) {
    return select(
        predictBoxes(predictions, proposals.boxes()),
        predictProbs(predictions),
        proposals.logits(),
        sizes);
  }

  /** (N * R, K + 1): the probability of each class, background last. */
  public NDArray predictProbs(Predictions predictions) {
    return predictions.scores().softmax(-1);
  }

  /**
   * @param proposals (N, R, 4)
   * @return (N, R, K, 4), or (N, R, 1, 4) where one box is for all classes; not clipped
   */
  public NDArray predictBoxes(Predictions predictions, NDArray proposals) {
    Shape shape = proposals.getShape();
    return boxTransform.applyDeltas(
        predictions.deltas().reshape(shape.get(0), shape.get(1), agnostic ? 1 : classes, 4),
        proposals.expandDims(2));
  }

  /**
   * Detectron2's {@code fast_rcnn_inference}.
   *
   * @param predicted as {@link #predictBoxes} gives them
   * @param probs as {@link #predictProbs} gives them
   * @param logits (N, R) of the proposals: what has minus infinity is none
   * @param sizes (N, 2) float32: height and width of each image without its padding
   */
  public Instances select(NDArray predicted, NDArray probs, NDArray logits, NDArray sizes) {
    long n = logits.getShape().get(0);
    long r = logits.getShape().get(1);
    NDManager manager = sizes.getManager();
    NDArray real = logits.gt(Float.NEGATIVE_INFINITY).toType(DataType.FLOAT32, false).expandDims(2);
    NDArray scores = probs.reshape(n, r, classes + 1).get(":, :, 0:" + classes).mul(real);
    NDArray boxes = BoxTransform.clip(predicted, sizes);
    NDArray byClass = scores.transpose(0, 2, 1);
    NDArray keep =
        agnostic
            ? VisionOps.nms(boxes.reshape(n, r, 4), byClass, nmsThresh, scoreThresh, topk)
            : VisionOps.nms(
                    boxes.transpose(0, 2, 1, 3).reshape(n * classes, r, 4),
                    byClass.reshape(n * classes, 1, r),
                    nmsThresh,
                    scoreThresh,
                    topk)
                .reshape(n, classes, r);
    NDArray never = manager.create(Float.NEGATIVE_INFINITY);
    NDArray left = NDArrays.where(keep.transpose(0, 2, 1), scores, never).reshape(n, r * classes);
    VisionOps.TopK top = VisionOps.topK(left, (int) Math.min(topk, r * classes));
    return new Instances(
        VisionOps.pick(
            boxes.broadcast(new Shape(n, r, classes, 4)).reshape(n, r * classes, 4), top.indices()),
        top.values(),
        classOf(manager, n, r).gather(top.indices(), 1),
        top.values()
            .gt(Float.NEGATIVE_INFINITY)
            .toType(DataType.FLOAT32, false)
            .sum(new int[] {1}));
  }

  @Override
  public int classes() {
    return classes;
  }

  /** Whether one box is for all classes. */
  public boolean agnostic() {
    return agnostic;
  }

  /** {@code loss_cls} and {@code loss_box_reg}, as Detectron2 has them. */
  @Override
  public Map<String, NDArray> losses(Predictions predictions, RoiSamples samples) {
    NDManager manager = predictions.scores().getManager();
    Map<String, NDArray> losses = new LinkedHashMap<>();
    losses.put(
        "loss_cls",
        Losses.crossEntropy(
            predictions.scores(),
            manager.create(IntStream.of(samples.classes()).asLongStream().toArray())));
    losses.put("loss_box_reg", boxRegression(manager, predictions, samples));
    return losses;
  }

  /** Of the objects only, but divided by all samples: each object weighs the same in any batch. */
  private NDArray boxRegression(NDManager manager, Predictions predictions, RoiSamples samples) {
    int[] objects =
        IntStream.range(0, samples.rows())
            .filter(i -> samples.classes()[i] >= 0 && samples.classes()[i] < classes)
            .toArray();
    if (objects.length == 0) {
      return Scalars.times(predictions.deltas().sum(), 0); // keeps the gradient's path
    }
    long[] rows =
        IntStream.of(objects)
            .mapToLong(i -> agnostic ? i : (long) i * classes + samples.classes()[i])
            .toArray();
    NDArray deltas = predictions.deltas().reshape(-1, 4).get(manager.create(rows));
    return Scalars.times(
        boxLoss.sum(
            deltas,
            Boxes.pick(samples.boxes(), objects),
            Boxes.pick(samples.trueBoxes(), objects),
            boxTransform),
        1.0 / samples.rows());
  }

  /**
   * (N, R * K): the class of each column. A table, since integer division differs between engines.
   */
  private NDArray classOf(NDManager manager, long n, long r) {
    long[] table = new long[Math.toIntExact(r * classes)];
    for (int i = 0; i < table.length; i++) {
      table[i] = i % classes;
    }
    return manager.create(table, new Shape(1, table.length)).broadcast(new Shape(n, table.length));
  }
}
