package dev.millrace.components.supervision;

import ai.djl.ndarray.NDArray;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a training pass knows beyond a forward pass, and what it finds: the truth of each image, the
 * dice, and the losses by name. Confined to one thread and one step.
 */
public final class Supervision {

  private final List<GroundTruth> images;
  private final Shuffle shuffle;
  private final float[] sizes;
  private final Map<String, Double> averages;
  private final Map<String, NDArray> losses = new LinkedHashMap<>();

  /**
   * @param images one for each image of the batch, in its order
   */
  public Supervision(List<GroundTruth> images, Shuffle shuffle) {
    this(images, new float[0], shuffle, new LinkedHashMap<>());
  }

  /**
   * The same, in one of many steps.
   *
   * @param sizes height and width of each image without its padding; empty: not told
   * @param averages what {@link #average} remembers from step to step; changed
   */
  public Supervision(
      List<GroundTruth> images, float[] sizes, Shuffle shuffle, Map<String, Double> averages) {
    this.images = List.copyOf(images);
    this.sizes = sizes.clone();
    this.shuffle = shuffle;
    this.averages = averages;
  }

  public List<GroundTruth> images() {
    return images;
  }

  /**
   * A box within its image: Detectron2's {@code Boxes.clip}.
   *
   * @throws IllegalStateException if the images' sizes were not told
   */
  public float[] clip(int image, float[] box) {
    if (sizes.length != 2 * images.size()) {
      throw new IllegalStateException("the sizes of the images were not told");
    }
    float height = sizes[2 * image];
    float width = sizes[2 * image + 1];
    return new float[] {
      Math.min(Math.max(box[0], 0), width),
      Math.min(Math.max(box[1], 0), height),
      Math.min(Math.max(box[2], 0), width),
      Math.min(Math.max(box[3], 0), height)
    };
  }

  public Shuffle shuffle() {
    return shuffle;
  }

  /**
   * A running average over the steps of a training, which goes on from a saved state as well:
   * Detectron2's {@code _ema_update}.
   *
   * @param name of the average
   * @param value this step's
   * @param first what it begins with before the first step
   * @param momentum how much of the former average stays, 0 to 1
   * @return the average with this step's value
   */
  public double average(String name, double value, double first, double momentum) {
    double now = averages.getOrDefault(name, first) * momentum + value * (1 - momentum);
    averages.put(name, now);
    return now;
  }

  /**
   * Adds a loss to what training makes smaller.
   *
   * @param name as the log shows it: {@code loss_cls}
   * @param value a scalar with its gradient, weighted already
   * @throws IllegalStateException if there is one of that name
   */
  public void loss(String name, NDArray value) {
    if (losses.putIfAbsent(name, value) != null) {
      throw new IllegalStateException("two losses are called " + name);
    }
  }

  /** In the order in which they came. */
  public Map<String, NDArray> losses() {
    return Collections.unmodifiableMap(losses);
  }
}
