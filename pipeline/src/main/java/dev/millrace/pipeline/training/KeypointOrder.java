package dev.millrace.pipeline.training;

import dev.millrace.components.ConfigException;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * How many keypoints an object has, and which of them change places where a picture is mirrored: a
 * left eye becomes a right one. Detectron2's {@code flip_indices}. Immutable.
 */
final class KeypointOrder {

  /** A person's in COCO: eyes, ears, shoulders, elbows, wrists, hips, knees, ankles. */
  private static final List<List<Integer>> PERSON =
      IntStream.range(0, 8).mapToObj(i -> List.of(2 * i + 1, 2 * i + 2)).toList();

  private static final int PERSONS = 17;
  private static final String PATH = "training.input.keypointFlipPairs";

  /** Of a model that finds none. */
  static final KeypointOrder NONE = new KeypointOrder(new int[0]);

  private final int[] mirrored;

  private KeypointOrder(int[] mirrored) {
    this.mirrored = mirrored;
  }

  /**
   * @param keypoints that the model finds
   * @param pairs from 0; null: a person's
   * @param needed whether pictures are mirrored
   * @throws ConfigException if the pairs are none of so many keypoints, or missing
   */
  static KeypointOrder of(int keypoints, @Nullable List<List<Integer>> pairs, boolean needed) {
    if (keypoints > 0 && keypoints != PERSONS && pairs == null && needed) {
      throw new ConfigException(
          PATH,
          "expected which of the model's "
              + keypoints
              + " keypoints change places in a mirrored"
              + " picture, found nothing; only of "
              + PERSONS
              + " it is known without.",
          "Say [[LEFT, RIGHT], ...] as numbers from 0, [] if none does, or randomFlip: none.");
    }
    if (keypoints == 0 && pairs != null) {
      throw new ConfigException(
          PATH, "the model has no keypoint head, found " + pairs + ".", "Leave it out.");
    }
    int[] order = IntStream.range(0, keypoints).toArray();
    List<List<Integer>> known = keypoints == PERSONS ? PERSON : List.of();
    for (List<Integer> pair : pairs == null ? known : pairs) {
      if (pair.size() != 2
          || pair.get(0).equals(pair.get(1))
          || !free(order, pair.get(0))
          || !free(order, pair.get(1))) {
        throw new ConfigException(
            PATH,
            "expected pairs of two numbers from 0 to "
                + (keypoints - 1)
                + ", each number once, found "
                + pairs
                + ".",
            "Left and right of a pair change places in a mirrored picture.");
      }
      order[pair.get(0)] = pair.get(1);
      order[pair.get(1)] = pair.get(0);
    }
    return new KeypointOrder(order);
  }

  private static boolean free(int[] order, int keypoint) {
    return keypoint >= 0 && keypoint < order.length && order[keypoint] == keypoint;
  }

  /** How many there are; 0: the model finds none. */
  int size() {
    return mirrored.length;
  }

  /** Which keypoint of the picture is this one of the mirrored picture. */
  int mirrored(int keypoint) {
    return mirrored[keypoint];
  }
}
