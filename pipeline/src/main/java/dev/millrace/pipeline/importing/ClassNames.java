package dev.millrace.pipeline.importing;

import dev.millrace.components.ConfigException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.MalformedInputException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a model's classes are called, which configurations of Detectron2 do not say: a file's lines,
 * COCO's names where their number is right, or numbers.
 *
 * @param things a file with a name a line, or null
 * @param stuff the same for the semantic classes of a panoptic model, the first one for all things
 */
public record ClassNames(@Nullable Path things, @Nullable Path stuff) {

  /** COCO's, or numbers. */
  public static final ClassNames STANDARD = new ClassNames(null, null);

  private static final int MAX_BYTES = 1 << 20;

  /** As {@code model.classes} has them. */
  List<Object> things(int count, String key, boolean keypoints, Translation translation) {
    if (things != null) {
      return numbered(differing(names(things, count, key, translation.config().source()), things));
    }
    List<Object> coco = coco();
    if (isCoco(translation.config()) && (count == coco.size() || (count == 1 && keypoints))) {
      return coco.subList(0, count);
    }
    translation.note(
        "the "
            + count
            + " classes are called class_0 to class_"
            + (count - 1)
            + "; --classes names.txt gives them names");
    return numbered(numbers("class_", count));
  }

  /** As {@code postprocessor.stuffClasses} has them. */
  List<String> stuff(int count, String key, Translation translation) {
    if (stuff != null) {
      return names(stuff, count, key, translation.config().source());
    }
    List<String> coco = lines("coco-stuff.txt");
    if (isCoco(translation.config()) && count == coco.size()) {
      return coco;
    }
    translation.note(
        "the "
            + count
            + " semantic classes are called things, stuff_1 and so on; --stuff-classes names.txt"
            + " gives them names");
    List<String> names = new ArrayList<>(numbers("stuff_", count));
    if (count > 0) {
      names.set(0, "things");
    }
    return names;
  }

  /** Whether it may have learnt from COCO: names no dataset, or one of COCO's. */
  private static boolean isCoco(YacsConfig config) {
    return !(config.peek("DATASETS.TRAIN") instanceof List<?> sets)
        || sets.isEmpty()
        || sets.stream().allMatch(set -> String.valueOf(set).contains("coco"));
  }

  static List<Object> coco() {
    List<Object> classes = new ArrayList<>();
    for (String line : lines("coco-things.txt")) {
      int space = line.indexOf(' ');
      classes.add(named(line.substring(space + 1), Integer.parseInt(line.substring(0, space))));
    }
    return classes;
  }

  private static List<Object> numbered(List<String> names) {
    List<Object> classes = new ArrayList<>();
    for (String name : names) {
      classes.add(named(name, classes.size() + 1));
    }
    return classes;
  }

  private static Map<String, Object> named(String name, int id) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("name", name);
    map.put("id", id);
    return map;
  }

  private static List<String> numbers(String prefix, int count) {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      names.add(prefix + i);
    }
    return names;
  }

  private static List<String> names(Path file, int count, String key, String source) {
    List<String> names;
    try {
      if (Files.size(file) > MAX_BYTES) {
        throw new ConfigException(
            file.toString(), "the file has more than 1 MiB.", "Put one name in a line.");
      }
      names = clean(Files.readAllLines(file));
    } catch (MalformedInputException e) {
      throw new ConfigException(
          file.toString(), "this is not UTF-8 text.", "Put one name in a line.");
    } catch (IOException e) {
      throw new ConfigException(
          file.toString(), "there is no such file to read.", "Name a text file of class names.");
    }
    if (names.size() != count) {
      throw new ConfigException(
          file.toString(),
          "expected "
              + count
              + " names, as "
              + source
              + " says in "
              + key
              + ", found "
              + names.size()
              + ".",
          "Put one name in a line, in the order of the class indices.");
    }
    return names;
  }

  private static List<String> differing(List<String> names, Path file) {
    Set<String> seen = new HashSet<>();
    for (String name : names) {
      if (!seen.add(name)) {
        throw new ConfigException(
            file.toString(),
            "expected names that differ, found '" + name + "' again.",
            "Put one name in a line, in the order of the class indices.");
      }
    }
    return names;
  }

  private static List<String> lines(String resource) {
    try (InputStream in = ClassNames.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException(resource + " is not in this jar");
      }
      return clean(new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> clean(List<String> lines) {
    return lines.stream().map(String::strip).filter(line -> !line.isEmpty()).toList();
  }
}
