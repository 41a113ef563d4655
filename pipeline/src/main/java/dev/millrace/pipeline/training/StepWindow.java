package dev.millrace.pipeline.training;

import java.util.LinkedHashMap;
import java.util.Map;

/** Steps since the last line of the log: what is told of them is their mean. */
final class StepWindow {

  private final Map<String, Double> losses = new LinkedHashMap<>();
  private int steps;
  private double norm;
  private double seconds;
  private double dataSeconds;

  void add(Map<String, Float> stepLosses, double gradientNorm, double took, double waited) {
    stepLosses.forEach((name, loss) -> losses.merge(name, (double) loss, Double::sum));
    norm += gradientNorm;
    seconds += took;
    dataSeconds += waited;
    steps++;
  }

  boolean isEmpty() {
    return steps == 0;
  }

  /** As the log has it; begins anew. */
  Map<String, Object> drain() {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("total_loss", losses.values().stream().mapToDouble(v -> v).sum() / steps);
    losses.forEach((name, sum) -> line.put(name, sum / steps));
    line.put("gradient_norm", norm / steps);
    line.put("time", seconds / steps);
    line.put("data_time", dataSeconds / steps);
    losses.clear();
    steps = 0;
    norm = 0;
    seconds = 0;
    dataSeconds = 0;
    return line;
  }
}
