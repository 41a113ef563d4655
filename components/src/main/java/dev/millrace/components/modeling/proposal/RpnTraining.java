package dev.millrace.components.modeling.proposal;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.millrace.components.Build;
import dev.millrace.components.modeling.BoxLoss;
import dev.millrace.components.modeling.BoxTransform;
import dev.millrace.components.supervision.Boxes;
import dev.millrace.components.supervision.GroundTruth;
import dev.millrace.components.supervision.LabelSampler;
import dev.millrace.components.supervision.Losses;
import dev.millrace.components.supervision.Matcher;
import dev.millrace.components.supervision.Scalars;
import dev.millrace.components.supervision.Supervision;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * How an {@link Rpn} is trained: Detectron2's {@code label_and_sample_anchors} and {@code losses}.
 *
 * @param anchorMatcher which anchors answer for which object
 * @param sampler which of them count
 * @param preNmsTopk best anchors of each level before suppression
 * @param postNmsTopk proposals of each image
 * @param boxLoss of the positive anchors
 * @param lossWeight multiplies both losses
 */
public record RpnTraining(
    Matcher anchorMatcher,
    LabelSampler sampler,
    int preNmsTopk,
    int postNmsTopk,
    BoxLoss boxLoss,
    double lossWeight) {

  /** What a configuration says of it. */
  public record Args(
      @JsonPropertyDescription("Anchors of each image that count, default 256")
          @Nullable Integer batchSizePerImage,
      @JsonPropertyDescription("Share of them that may be objects, default 0.5")
          @Nullable Double positiveFraction,
      @JsonPropertyDescription(
              "IoU below the first: background; from the second on: object; default [0.3, 0.7]")
          @Nullable List<Double> iouThresholds,
      @JsonPropertyDescription("Best anchors of each level before suppression, default 2000")
          @Nullable Integer preNmsTopk,
      @JsonPropertyDescription("Proposals of each image, default 1000")
          @Nullable Integer postNmsTopk,
      @JsonPropertyDescription("smooth_l1 (default) or giou") @Nullable String bboxRegLossType,
      @JsonPropertyDescription("Where smooth L1 turns linear; 0 (default): L1")
          @Nullable Double smoothL1Beta,
      @JsonPropertyDescription("Multiplies both losses, default 1") @Nullable Double lossWeight) {}

  /** What Detectron2's configurations say unless they say otherwise. */
  public static final RpnTraining STANDARD =
      new RpnTraining(
          new Matcher(List.of(0.3, 0.7), List.of(0, -1, 1), true),
          new LabelSampler(256, 0.5),
          2000,
          1000,
          BoxLoss.STANDARD,
          1);

  /**
   * @param args what the configuration says under {@code training}; null: {@link #STANDARD}
   */
  static RpnTraining fromConfig(@Nullable Args args, Build build) {
    if (args == null) {
      return STANDARD;
    }
    List<Double> thresholds =
        args.iouThresholds() == null ? STANDARD.anchorMatcher.thresholds() : args.iouThresholds();
    try {
      return new RpnTraining(
          new Matcher(thresholds, List.of(0, -1, 1), true),
          new LabelSampler(
              or(args.batchSizePerImage(), STANDARD.sampler.batchSizePerImage()),
              or(args.positiveFraction(), STANDARD.sampler.positiveFraction())),
          or(args.preNmsTopk(), STANDARD.preNmsTopk),
          or(args.postNmsTopk(), STANDARD.postNmsTopk),
          BoxLoss.of(build, args.bboxRegLossType(), args.smoothL1Beta()),
          or(args.lossWeight(), STANDARD.lossWeight));
    } catch (IllegalArgumentException e) {
      throw build.mistake("training", e.getMessage() + ".", "Leave out what need not differ.");
    }
  }

  private static <T> T or(@Nullable T given, T standard) {
    return given == null ? standard : given;
  }

  /** Which anchors answer for what. */
  Matcher.Matches match(GroundTruth truth, float[] anchors) {
    return anchorMatcher.match(truth.boxes(), anchors);
  }

  /**
   * Adds {@code loss_rpn_cls} and {@code loss_rpn_loc}.
   *
   * @param logits (N, R)
   * @param deltas (N, R, 4)
   * @param anchors the R boxes, the same for each image
   */
  void losses(
      NDArray logits,
      NDArray deltas,
      float[] anchors,
      BoxTransform transform,
      Supervision supervision) {
    NDManager manager = logits.getManager();
    int images = supervision.images().size();
    double normalizer = lossWeight / ((double) sampler.batchSizePerImage() * images);
    NDList classified = new NDList();
    NDList located = new NDList();
    for (int n = 0; n < images; n++) {
      GroundTruth truth = supervision.images().get(n);
      Matcher.Matches matches = match(truth, anchors);
      int[] labels = truth.withoutIgnored(matches.labels(), anchors, 0);
      LabelSampler.Sample sample = sampler.sample(labels, 0, supervision.shuffle());
      int[] all = sample.all();
      float[] targets = new float[all.length];
      java.util.Arrays.fill(targets, 0, sample.positive().length, 1f);
      classified.add(
          Losses.binaryCrossEntropyWithLogits(
              logits.get(n).get(manager.create(longs(all))), manager.create(targets)));
      int[] positive = sample.positive();
      if (positive.length > 0) {
        int[] objects = IntStream.of(positive).map(i -> matches.objects()[i]).toArray();
        located.add(
            boxLoss.sum(
                deltas.get(n).get(manager.create(longs(positive))),
                Boxes.pick(anchors, positive),
                Boxes.pick(truth.boxes(), objects),
                transform));
      }
    }
    supervision.loss("loss_rpn_cls", Scalars.times(sum(classified), normalizer));
    supervision.loss(
        "loss_rpn_loc",
        located.isEmpty()
            ? Scalars.times(deltas.sum(), 0) // keeps the gradient's path
            : Scalars.times(sum(located), normalizer));
  }

  /** Of one or more; DJL's own wants two. */
  private static NDArray sum(NDList parts) {
    NDArray sum = parts.get(0);
    for (NDArray part : parts.subList(1, parts.size())) {
      sum = sum.add(part);
    }
    return sum;
  }

  private static long[] longs(int[] values) {
    return IntStream.of(values).asLongStream().toArray();
  }
}
