package dev.millrace.components.modeling;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.millrace.components.Build;
import dev.millrace.components.Spelling;
import dev.millrace.components.supervision.Losses;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Detectron2's {@code _dense_box_regression_loss}: how far predicted boxes are from true ones.
 *
 * @param kind what is compared
 * @param beta of smooth L1
 */
public record BoxLoss(Kind kind, double beta) {

  /** What is compared. */
  public enum Kind {
    /** Deltas with deltas. */
    SMOOTH_L1,
    /** Boxes with boxes. */
    GIOU
  }

  /** L1 of the deltas. */
  public static final BoxLoss STANDARD = new BoxLoss(Kind.SMOOTH_L1, 0);

  private static final List<String> NAMES = List.of("smooth_l1", "giou");

  public BoxLoss {
    if (!(beta >= 0)) {
      throw new IllegalArgumentException("expected a beta of 0 or more, found " + beta);
    }
  }

  /**
   * @param type what the configuration says under {@code bboxRegLossType}
   * @param beta what it says under {@code smoothL1Beta}
   */
  public static BoxLoss of(Build build, @Nullable String type, @Nullable Double beta) {
    double width = beta == null ? 0 : beta;
    if (!(width >= 0)) {
      throw build.mistake(
          "smoothL1Beta", "expected 0 or more, found " + beta + ".", "Leave it out for L1.");
    }
    String name = type == null ? "smooth_l1" : type;
    if (!NAMES.contains(name)) {
      List<String> close = Spelling.close(name, NAMES);
      throw build.mistake(
          "bboxRegLossType",
          "expected one of " + NAMES + ", found '" + name + "'.",
          close.isEmpty()
              ? "Leave it out for smooth_l1."
              : "Did you mean " + String.join(" or ", close) + "?");
    }
    return new BoxLoss(name.equals("giou") ? Kind.GIOU : Kind.SMOOTH_L1, width);
  }

  /**
   * The sum over all boxes.
   *
   * @param deltas (M, 4) predictions
   * @param starts the M boxes that they move
   * @param truth the M boxes that they should arrive at
   */
  public NDArray sum(NDArray deltas, float[] starts, float[] truth, BoxCoding coding) {
    NDManager manager = deltas.getManager();
    Shape shape = new Shape(starts.length / 4, 4);
    return switch (kind) {
      case SMOOTH_L1 ->
          Losses.smoothL1(deltas, manager.create(coding.deltas(starts, truth), shape), beta);
      case GIOU ->
          Losses.giou(
              coding.applyDeltas(deltas, manager.create(starts, shape)),
              manager.create(truth, shape));
    };
  }
}
