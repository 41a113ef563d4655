package dev.millrace.pipeline.training;

import dev.millrace.components.engine.LearningDetector;
import dev.millrace.pipeline.config.InputConfig;
import dev.millrace.pipeline.config.InputConfig.Flip;
import java.util.Map;

/**
 * What a model is taught of each object beside its box.
 *
 * @param classes the model's class index of each category id; others are left out
 * @param masks whether it is taught which pixels an object takes
 * @param keypoints that it is taught the places of
 */
record Lessons(Map<Long, Integer> classes, boolean masks, KeypointOrder keypoints) {

  Lessons {
    classes = Map.copyOf(classes);
  }

  /** Boxes alone. */
  static Lessons boxes(Map<Long, Integer> classes) {
    return new Lessons(classes, false, KeypointOrder.NONE);
  }

  /**
   * What its heads need.
   *
   * @throws dev.millrace.components.ConfigException if nobody said what becomes of its keypoints in
   *     a mirrored picture
   */
  static Lessons of(LearningDetector model, InputConfig input, Map<Long, Integer> classes) {
    return new Lessons(
        classes,
        model.masks(),
        KeypointOrder.of(
            model.keypoints(), input.keypointFlipPairs(), input.randomFlip() == Flip.HORIZONTAL));
  }
}
