package dev.millrace.pipeline.training;

import dev.millrace.components.image.Frame;
import dev.millrace.components.modeling.InputImage;
import dev.millrace.components.modeling.Preprocessor;
import dev.millrace.components.modeling.preprocess.ResizeShortestEdge;
import dev.millrace.pipeline.config.InputConfig;
import dev.millrace.pipeline.config.InputConfig.Flip;
import dev.millrace.pipeline.config.InputConfig.Sampling;
import dev.millrace.pipeline.dataset.LabelledFrame;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Varies a picture and what is in it at random: Detectron2's {@code ResizeShortestEdge} and {@code
 * RandomFlip}. Thread-safe.
 */
final class Augmentation {

  private final InputConfig config;
  private final Preprocessor standard;
  private final TruthMapper truth;
  private final Map<Integer, Preprocessor> resizers = new ConcurrentHashMap<>();

  /**
   * @param standard used where no sizes are given
   */
  Augmentation(InputConfig config, Preprocessor standard, Lessons lessons) {
    this.config = config;
    this.standard = standard;
    this.truth = new TruthMapper(lessons, config.ignoreCrowds());
  }

  /**
   * What the network is shown.
   *
   * @throws dev.millrace.components.image.ImageRejectedException if the picture would become too
   *     large
   */
  Sample apply(LabelledFrame picture, SplittableRandom dice) {
    Frame frame = picture.frame();
    InputImage image = preprocessor(dice).preprocess(frame);
    boolean flip = config.randomFlip() != Flip.NONE && dice.nextBoolean();
    Placement placement = new Placement(frame, image, flip ? config.randomFlip() : Flip.NONE);
    return new Sample(flip ? flipped(image) : image, truth.map(picture.boxes(), placement));
  }

  private Preprocessor preprocessor(SplittableRandom dice) {
    @Nullable List<Integer> sizes = config.minSizeTrain();
    if (sizes == null) {
      return standard;
    }
    int size =
        config.minSizeTrainSampling() == Sampling.RANGE
            ? Math.min(sizes.get(0), sizes.get(1))
                + dice.nextInt(Math.abs(sizes.get(1) - sizes.get(0)) + 1)
            : sizes.get(dice.nextInt(sizes.size()));
    return resizers.computeIfAbsent(
        size, side -> new ResizeShortestEdge(side, config.maxSizeTrain()));
  }

  private InputImage flipped(InputImage image) {
    int height = image.height();
    int width = image.width();
    byte[] from = image.pixels();
    byte[] to = new byte[from.length];
    boolean across = config.randomFlip() == Flip.HORIZONTAL;
    for (int row = 0; row < 3 * height; row++) {
      int plane = row / height * height;
      int source = across ? row : plane + height - 1 - (row - plane);
      for (int x = 0; x < width; x++) {
        to[row * width + x] = from[source * width + (across ? width - 1 - x : x)];
      }
    }
    return new InputImage(height, width, to, image.sourceHeight(), image.sourceWidth());
  }
}
