package dev.millrace.pipeline.dataset;

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
   * @throws dev.millrace.components.ConfigException if the file is missing, no picture, or of
   *     another size than the annotations say
   */
  LabelledFrame load(int index);

  /** What is in one picture, without looking at the picture where that can be. */
  default List<TrueBox> boxes(int index) {
    return load(index).boxes();
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
