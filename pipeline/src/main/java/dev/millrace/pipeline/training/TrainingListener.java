package dev.millrace.pipeline.training;

import dev.millrace.pipeline.evaluation.CocoAp;
import java.util.Map;

/** Is told how a run goes, on the run's thread. */
public interface TrainingListener {

  /**
   * A step is done.
   *
   * @param iteration its number, from 1
   * @param maxIter steps that there are
   * @param losses by name, weighted
   * @param secondsLeft estimated
   */
  void step(
      int iteration,
      int maxIter,
      Map<String, Float> losses,
      double learningRate,
      double secondsLeft);

  /**
   * A measurement goes on.
   *
   * @param done pictures so far
   */
  void measuring(int iteration, int done, int pictures);

  /** A measurement is done. */
  void measured(int iteration, CocoAp ap);
}
