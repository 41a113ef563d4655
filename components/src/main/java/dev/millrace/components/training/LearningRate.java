package dev.millrace.components.training;

/** The learning rate of each step. */
@FunctionalInterface
public interface LearningRate {

  /**
   * @param iteration of the step, from 0
   */
  double at(int iteration);
}
