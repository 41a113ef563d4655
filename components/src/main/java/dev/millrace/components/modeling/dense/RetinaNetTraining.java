package dev.millrace.components.modeling.dense;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.millrace.components.Build;
import dev.millrace.components.modeling.BoxLoss;
import dev.millrace.components.supervision.Matcher;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a {@link RetinaNet} is trained: Detectron2's {@code label_anchors} and {@code losses}.
 *
 * @param anchorMatcher which anchors answer for which object
 * @param losses of what they say
 */
public record RetinaNetTraining(Matcher anchorMatcher, DenseLosses losses) {

  /** What a configuration says of it. */
  public record Args(
      @JsonPropertyDescription(
              "IoU below the first: background; from the second on: object; default [0.4, 0.5]")
          @Nullable List<Double> iouThresholds,
      @JsonPropertyDescription(
              "Weight of objects, against background's one less this; default 0.25")
          @Nullable Double focalLossAlpha,
      @JsonPropertyDescription(
              "How much less a probability counts that is right already, default 2")
          @Nullable Double focalLossGamma,
      @JsonPropertyDescription("smooth_l1 (default) or giou") @Nullable String bboxRegLossType,
      @JsonPropertyDescription("Where smooth L1 turns linear, default 0.1; 0: L1")
          @Nullable Double smoothL1Beta) {}

  /** What the loss's normaliser begins with. */
  static final double FIRST_NORMALIZER = 100;

  private static final double SMOOTH_L1_BETA = 0.1;

  /** What Detectron2's configurations say unless they say otherwise. */
  public static final RetinaNetTraining STANDARD =
      new RetinaNetTraining(
          new Matcher(List.of(0.4, 0.5), List.of(0, -1, 1), true),
          new DenseLosses(0.25, 2, new BoxLoss(BoxLoss.Kind.SMOOTH_L1, SMOOTH_L1_BETA)));

  /**
   * @param args what the configuration says under {@code training}; null: {@link #STANDARD}
   */
  static RetinaNetTraining fromConfig(@Nullable Args args, Build build) {
    if (args == null) {
      return STANDARD;
    }
    DenseLosses standard = STANDARD.losses;
    try {
      return new RetinaNetTraining(
          new Matcher(
              or(args.iouThresholds(), STANDARD.anchorMatcher.thresholds()),
              STANDARD.anchorMatcher.labels(),
              true),
          new DenseLosses(
              or(args.focalLossAlpha(), standard.focalLossAlpha()),
              or(args.focalLossGamma(), standard.focalLossGamma()),
              BoxLoss.of(build, args.bboxRegLossType(), or(args.smoothL1Beta(), SMOOTH_L1_BETA))));
    } catch (IllegalArgumentException e) {
      throw build.mistake("training", e.getMessage() + ".", "Leave out what need not differ.");
    }
  }

  private static <T> T or(@Nullable T given, T standard) {
    return given == null ? standard : given;
  }
}
