package dev.millrace.pipeline.training;

import dev.millrace.pipeline.evaluation.CocoAp;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * How a run ended.
 *
 * @param iteration steps that are done
 * @param maxIter steps that there are
 * @param seconds of all its parts
 * @param ap of the last measurement, or null
 * @param memorySlope megabytes of resident memory by which a thousand steps grew it after the first
 *     200; empty for short runs
 */
public record TrainingReport(
    int iteration, int maxIter, double seconds, @Nullable CocoAp ap, OptionalDouble memorySlope) {

  /** Whether all steps are done. */
  public boolean complete() {
    return iteration == maxIter;
  }
}
