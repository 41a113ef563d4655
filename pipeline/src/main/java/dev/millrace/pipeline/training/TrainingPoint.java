package dev.millrace.pipeline.training;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What was measured at one iteration. A number that was not is NaN.
 *
 * @param totalLoss sum of the losses
 * @param losses by name, such as {@code loss_cls}
 * @param learningRate of the step
 * @param ap COCO's AP on held-out images, 0 to 1
 * @param ap50 the same at IoU .50
 */
public record TrainingPoint(
    int iteration,
    double totalLoss,
    Map<String, Double> losses,
    double learningRate,
    double ap,
    double ap50) {

  public TrainingPoint {
    losses = Map.copyOf(losses);
  }

  /** A line of a {@link MetricsLog}, by Detectron2's keys: {@code lr}, {@code bbox/AP}. */
  public static TrainingPoint of(Map<String, Object> line) {
    Map<String, Double> losses = new LinkedHashMap<>();
    line.forEach(
        (key, value) -> {
          if (key.startsWith("loss_")) {
            losses.put(key, number(line, key));
          }
        });
    return new TrainingPoint(
        (int) number(line, MetricsLog.ITERATION),
        number(line, "total_loss"),
        losses,
        number(line, "lr"),
        number(line, "bbox/AP"),
        number(line, "bbox/AP50"));
  }

  private static double number(Map<String, Object> line, String key) {
    return line.get(key) instanceof Number number ? number.doubleValue() : Double.NaN;
  }
}
