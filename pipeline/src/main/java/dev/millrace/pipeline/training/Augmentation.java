package dev.millrace.pipeline.training;

import dev.millrace.components.image.Frame;
import dev.millrace.components.modeling.InputImage;
import dev.millrace.components.modeling.Preprocessor;
import dev.millrace.components.modeling.preprocess.ResizeShortestEdge;
import dev.millrace.components.supervision.GroundTruth;
import dev.millrace.pipeline.config.InputConfig;
import dev.millrace.pipeline.config.InputConfig.Flip;
import dev.millrace.pipeline.config.InputConfig.Sampling;
import dev.millrace.pipeline.dataset.LabelledFrame;
import dev.millrace.pipeline.dataset.TrueBox;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Varies a picture and its boxes at random: Detectron2's {@code ResizeShortestEdge} and {@code
 * RandomFlip}. Thread-safe.
 */
final class Augmentation {

  private final InputConfig config;
  private final Preprocessor standard;
  private final Map<Long, Integer> classes;
  private final Map<Integer, Preprocessor> resizers = new ConcurrentHashMap<>();

  /**
   * @param standard used where no sizes are given
   * @param classes the model's class index of each category id; others are left out
   */
  Augmentation(InputConfig config, Preprocessor standard, Map<Long, Integer> classes) {
    this.config = config;
    this.standard = standard;
    this.classes = Map.copyOf(classes);
  }

  /** What the network is shown. Boxes without an inside teach nothing. */
  Sample apply(LabelledFrame picture, SplittableRandom dice) {
    Frame frame = picture.frame();
    InputImage image = preprocessor(dice).preprocess(frame);
    boolean flip = config.randomFlip() != Flip.NONE && dice.nextBoolean();
    List<TrueBox> boxes =
        picture.boxes().stream()
            .filter(box -> classes.containsKey(box.categoryId()))
            .filter(box -> box.x2() > box.x1() && box.y2() > box.y1())
            .toList();
    List<TrueBox> objects = boxes.stream().filter(box -> !box.crowd()).toList();
    List<TrueBox> ignored =
        config.ignoreCrowds() ? boxes.stream().filter(TrueBox::crowd).toList() : List.of();
    return new Sample(
        flip ? flipped(image) : image,
        new GroundTruth(
            corners(objects, frame, image, flip),
            objects.stream().mapToInt(box -> classes.getOrDefault(box.categoryId(), -1)).toArray(),
            corners(ignored, frame, image, flip)));
  }

  /** Four numbers each, in pixels of the image. */
  private float[] corners(List<TrueBox> boxes, Frame frame, InputImage image, boolean flip) {
    float[] numbers = new float[4 * boxes.size()];
    double across = (double) image.width() / frame.width();
    double down = (double) image.height() / frame.height();
    for (int i = 0; i < boxes.size(); i++) {
      TrueBox box = boxes.get(i);
      double x1 = Math.max(0, box.x1()) * across;
      double x2 = Math.min(frame.width(), box.x2()) * across;
      double y1 = Math.max(0, box.y1()) * down;
      double y2 = Math.min(frame.height(), box.y2()) * down;
      boolean mirrored = flip && config.randomFlip() == Flip.HORIZONTAL;
      boolean turned = flip && config.randomFlip() == Flip.VERTICAL;
      numbers[4 * i] = (float) (mirrored ? image.width() - x2 : x1);
      numbers[4 * i + 1] = (float) (turned ? image.height() - y2 : y1);
      numbers[4 * i + 2] = (float) (mirrored ? image.width() - x1 : x2);
      numbers[4 * i + 3] = (float) (turned ? image.height() - y1 : y2);
    }
    return numbers;
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
