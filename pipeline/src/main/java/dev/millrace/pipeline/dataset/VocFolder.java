package dev.millrace.pipeline.dataset;

import dev.millrace.components.ConfigException;
import dev.millrace.components.Spelling;
import dev.millrace.components.modeling.ModelConfig.ObjectClass;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A folder in Pascal VOC's form: {@code Annotations/*.xml}, {@code JPEGImages/}, {@code
 * ImageSets/Main/SPLIT.txt}. VOC has names of classes only; ids are those of the model's.
 */
record VocFolder(Path folder, List<String> splits, List<ObjectClass> classes) {

  private static final int MOST_NAMES = 10_000_000;

  static boolean is(Path folder) {
    return Files.isDirectory(folder.resolve("Annotations"));
  }

  /**
   * @throws ConfigException saying which file is wrong, and how
   */
  Dataset open() {
    if (splits.isEmpty()) {
      throw new ConfigException(
          folder.toString(),
          "a VOC folder has splits, found none named.",
          "Name some of " + known() + ".");
    }
    Map<String, Long> ids = new LinkedHashMap<>();
    classes.forEach(each -> ids.put(each.name(), (long) each.id()));
    List<Image> images = new ArrayList<>();
    List<TrueBox> boxes = new ArrayList<>();
    for (String split : splits) {
      for (String name : names(split)) {
        Path file = folder.resolve("Annotations").resolve(name + ".xml");
        VocAnnotation annotation = VocAnnotation.read(file);
        long id = images.size() + 1L;
        images.add(new Image(id, name + ".jpg", annotation.width(), annotation.height()));
        for (VocAnnotation.Thing thing : annotation.things()) {
          boxes.add(box(file, id, thing, ids));
        }
      }
    }
    List<Category> categories =
        ids.entrySet().stream().map(each -> new Category(each.getValue(), each.getKey())).toList();
    return new FolderDataset(
        folder + " (" + String.join(", ", splits) + ")",
        new CocoDataset(images, categories, boxes),
        folder.resolve("JPEGImages"));
  }

  /** As Detectron2's {@code pascal_voc.py}: pixels are counted from 1, the last one is inside. */
  private static TrueBox box(
      Path file, long image, VocAnnotation.Thing thing, Map<String, Long> ids) {
    Long id = ids.get(thing.name());
    if (id == null) {
      List<String> close = Spelling.close(thing.name(), ids.keySet());
      throw new ConfigException(
          file.toString(),
          "an object is called "
              + Excerpt.of(thing.name())
              + ", the model's classes "
              + ids.keySet()
              + ".",
          close.isEmpty()
              ? "Add it to model.classes."
              : "Is " + String.join(" or ", close) + " meant?");
    }
    double x1 = thing.xmin() - 1;
    double y1 = thing.ymin() - 1;
    double area = Math.max(0, thing.xmax() - x1) * Math.max(0, thing.ymax() - y1);
    return new TrueBox(
        image, id, x1, y1, thing.xmax(), thing.ymax(), area, thing.difficult() || area == 0);
  }

  private List<String> names(String split) {
    boolean possible = split.matches("[0-9A-Za-z_.-]+");
    Path file = lists().resolve((possible ? split : "") + ".txt");
    if (!possible || !Files.isRegularFile(file)) {
      throw new ConfigException(
          folder.toString(),
          "there is no split " + Excerpt.of(split) + ".",
          "Name some of " + known() + ".");
    }
    try {
      if (Files.size(file) > MOST_NAMES) {
        throw new ConfigException(file.toString(), "this list is too long.", null);
      }
      List<String> names = new ArrayList<>();
      for (String line : Files.readAllLines(file)) {
        String name = line.strip();
        if (name.isEmpty()) {
          continue;
        }
        if (!name.matches("[0-9A-Za-z_-][0-9A-Za-z_. -]*")) {
          throw new ConfigException(
              file.toString(), Excerpt.of(name) + " is no name of a picture.", "One name a line.");
        }
        names.add(name);
      }
      if (names.isEmpty()) {
        throw new ConfigException(file.toString(), "this split has no pictures.", null);
      }
      return names;
    } catch (IOException e) {
      throw new ConfigException(
          file.toString(), "this file cannot be read: " + e.getClass().getSimpleName() + ".", null);
    }
  }

  private Path lists() {
    return folder.resolve("ImageSets").resolve("Main");
  }

  /** Without VOC's lists of one class, such as {@code car_train}. */
  private List<String> known() {
    try (var files = Files.list(lists())) {
      List<String> all =
          files
              .map(file -> String.valueOf(file.getFileName()))
              .filter(name -> name.endsWith(".txt"))
              .map(name -> name.substring(0, name.length() - ".txt".length()))
              .sorted()
              .toList();
      return all.stream()
          .filter(name -> all.stream().noneMatch(split -> name.endsWith("_" + split)))
          .toList();
    } catch (IOException e) {
      return List.of();
    }
  }
}
