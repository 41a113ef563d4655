package dev.millrace.pipeline.dataset;

import dev.millrace.components.ConfigException;
import dev.millrace.components.image.ImageRejectedException;
import java.util.List;

/** Pictures and what is in them. Thread-safe; the same index gives the same picture. */
public interface Dataset {

  /** Where it is, for messages. */
  String name();

  /** Classes of objects. */
  List<Category> categories();

  /** In a fixed order. */
  List<Image> images();

  /**
   * Decodes, or paints, one picture.
   *
   * @param index among {@link #images}
   * @throws ConfigException if the file is missing, no picture, or of another size than the
   *     annotations say
   */
  LabelledFrame load(int index);

  /** What is in one picture, without looking at the picture where that can be. */
  default List<TrueBox> boxes(int index) {
    return load(index).boxes();
  }

  /**
   * Says which picture it is that a model cannot be shown.
   *
   * @param index among {@link #images}
   */
  default ConfigException refused(int index, ImageRejectedException refusal) {
    return new ConfigException(
        name() + ": " + images().get(index).fileName(),
        refusal.getMessage() + ".",
        "Leave the picture out, or have pictures made smaller for the network.");
  }

  /** Whether nobody outlined an object or marked its keypoints in any of the pictures. */
  default boolean boxesAlone() {
    return false;
  }

  /** So many pictures in a row cost little more than one of them. */
  default int neighbours() {
    return 1;
  }

  /** Only the first so many pictures. */
  default Dataset limit(int count) {
    return count >= images().size() ? this : new FirstPictures(this, count);
  }

  /**
   * Only some pictures.
   *
   * @param indices among {@link #images}
   */
  default Dataset only(List<Integer> indices) {
    return new ChosenPictures(this, indices);
  }
}
