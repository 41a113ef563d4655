package dev.millrace.components.modeling.dense;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.millrace.components.Build;
import dev.millrace.components.modeling.BoxLoss;
import org.jspecify.annotations.Nullable;

/**
 * How an {@link Fcos} is trained.
 *
 * @param centerSamplingRadius how far from an object's middle a cell may be that answers for it, in
 *     strides
 * @param losses of what the cells say
 */
public record FcosTraining(double centerSamplingRadius, DenseLosses losses) {

  /** What a configuration says of it. */
  public record Args(
      @JsonPropertyDescription(
              "Weight of objects, against background's one less this; default 0.25")
          @Nullable Double focalLossAlpha,
      @JsonPropertyDescription(
              "How much less a probability counts that is right already, default 2")
          @Nullable Double focalLossGamma) {}

  /** What the losses' normaliser begins with. */
  static final double FIRST_NORMALIZER = 300;

  /** What Detectron2's configurations say unless they say otherwise. */
  public static final FcosTraining STANDARD =
      new FcosTraining(1.5, new DenseLosses(0.25, 2, new BoxLoss(BoxLoss.Kind.GIOU, 0)));

  public FcosTraining {
    if (!(centerSamplingRadius > 0)) {
      throw new IllegalArgumentException(
          "expected a radius above 0, found " + centerSamplingRadius);
    }
  }

  /**
   * @param radius what the configuration says under {@code centerSamplingRadius}
   * @param args what it says under {@code training}
   */
  static FcosTraining fromConfig(@Nullable Double radius, @Nullable Args args, Build build) {
    DenseLosses standard = STANDARD.losses;
    double near = radius == null ? STANDARD.centerSamplingRadius : radius;
    if (!(near > 0)) {
      throw build.mistake(
          "centerSamplingRadius",
          "expected more than 0, found " + radius + ".",
          "Leave it out for " + STANDARD.centerSamplingRadius + ".");
    }
    try {
      return new FcosTraining(
          near,
          args == null
              ? standard
              : new DenseLosses(
                  args.focalLossAlpha() == null ? standard.focalLossAlpha() : args.focalLossAlpha(),
                  args.focalLossGamma() == null ? standard.focalLossGamma() : args.focalLossGamma(),
                  standard.boxLoss()));
    } catch (IllegalArgumentException e) {
      throw build.mistake("training", e.getMessage() + ".", "Leave out what need not differ.");
    }
  }
}
