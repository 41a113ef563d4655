package dev.millrace.pipeline.training;

import dev.millrace.pipeline.evaluation.CocoAp;
import dev.millrace.pipeline.evaluation.Measure;
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

  /**
   * A measurement is done.
   *
   * @param ap by boxes, and by masks and keypoints where the model and the pictures have them
   */
  void measured(int iteration, Map<Measure, CocoAp> ap);
}
