package dev.millrace.components.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.Map;

/**
 * Bounds gradients: Detectron2's {@code CLIP_GRADIENTS}.
 *
 * @param type what is bounded
 * @param bound above 0
 */
public record GradientClipping(Type type, double bound) {

  /** What is bounded. */
  public enum Type {
    /** Each number: torch's {@code clip_grad_value_}. */
    VALUE,
    /** The norm of each parameter by itself: torch's {@code clip_grad_norm_} of each. */
    NORM,
    /** The norm of all together: torch's {@code clip_grad_norm_} of the model. */
    FULL_MODEL
  }

  /** As torch has it. */
  private static final double EPSILON = 1e-6;

  public GradientClipping {
    if (!(bound > 0)) {
      throw new IllegalArgumentException("expected a bound above 0, found " + bound);
    }
  }

  /**
   * Changes the gradients in place.
   *
   * @return the norm of all gradients together, before
   */
  public double clip(Map<String, NDArray> gradients) {
    double all = norm(gradients);
    switch (type) {
      case VALUE -> gradients.values().forEach(this::clipValues);
      case NORM -> gradients.values().forEach(gradient -> scale(gradient, norm(gradient)));
      case FULL_MODEL -> gradients.values().forEach(gradient -> scale(gradient, all));
    }
    return all;
  }

  private void clipValues(NDArray gradient) {
    // DJL's own clip leaves the arrays of its two numbers behind.
    NDManager manager = gradient.getManager();
    try (NDArray low = manager.create((float) -bound);
        NDArray high = manager.create((float) bound);
        NDArray above = gradient.maximum(low);
        NDArray within = above.minimum(high)) {
      within.copyTo(gradient);
    }
  }

  private void scale(NDArray gradient, double norm) {
    double factor = bound / (norm + EPSILON);
    if (factor < 1) {
      gradient.muli((float) factor);
    }
  }

  /** The Euclidean norm of all numbers together. */
  public static double norm(Map<String, NDArray> gradients) {
    double sum = 0;
    for (NDArray gradient : gradients.values()) {
      double own = norm(gradient);
      sum += own * own;
    }
    return Math.sqrt(sum);
  }

  private static double norm(NDArray gradient) {
    try (NDArray norm = gradient.norm()) {
      return norm.getFloat();
    }
  }
}
