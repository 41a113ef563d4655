package dev.millrace.pipeline.dataset;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What is in which picture, in COCO's form. Plain values, in the file's order.
 *
 * @param boxes every box's image and category are listed
 */
public record CocoDataset(List<Image> images, List<Category> categories, List<TrueBox> boxes) {

  public CocoDataset {
    images = List.copyOf(images);
    categories = List.copyOf(categories);
    boxes = List.copyOf(boxes);
  }

  /**
   * Reads an {@code instances.json}.
   *
   * @throws dev.millrace.components.ConfigException saying where in the file what is wrong
   */
  public static CocoDataset read(Path file) {
    return new CocoFile(file).read();
  }

  /**
   * Writes an {@code instances.json} that {@link #read} understands; overwrites.
   *
   * @throws dev.millrace.components.ConfigException if the file cannot be written
   */
  public void write(Path file) {
    new CocoFile(file).write(this);
  }

  /** Only the first so many images, and what is in them. */
  public CocoDataset limit(int count) {
    List<Image> first = images.subList(0, Math.min(Math.max(count, 0), images.size()));
    Set<Long> ids = first.stream().map(Image::id).collect(Collectors.toCollection(HashSet::new));
    return new CocoDataset(
        first, categories, boxes.stream().filter(box -> ids.contains(box.imageId())).toList());
  }
}
