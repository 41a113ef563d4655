package dev.millrace.pipeline.training;

import dev.millrace.pipeline.evaluation.CocoAp;
import dev.millrace.pipeline.evaluation.Measure;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * How a run ended.
 *
 * @param iteration steps that are done
 * @param maxIter steps that there are
 * @param stopped whether somebody wanted it to stop before all was done and measured
 * @param seconds of all its parts
 * @param ap of the last measurement; empty if there was none
 * @param memorySlope megabytes of resident memory by which a thousand steps grew it after the first
 *     200; empty for short runs
 */
public record TrainingReport(
    int iteration,
    int maxIter,
    boolean stopped,
    double seconds,
    Map<Measure, CocoAp> ap,
    OptionalDouble memorySlope) {

  /** Whether all steps are done, and measured if they were to be. */
  public boolean complete() {
    return !stopped;
  }
}
