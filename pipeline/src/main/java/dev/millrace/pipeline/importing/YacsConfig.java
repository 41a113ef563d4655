package dev.millrace.pipeline.importing;

import dev.millrace.components.ConfigException;
import dev.millrace.pipeline.config.Texts;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A configuration of Detectron2 over its defaults, by dotted key. Remembers which keys were asked
 * for: what is set and was not, is what an import would lose.
 */
final class YacsConfig {
  private static final String DEFAULTS = "detectron2-defaults.yaml";
  private static final int VERSION = 2;

  private final String source;
  private final Map<String, @Nullable Object> values;
  private final Set<String> unknown = new HashSet<>();
  private final Set<String> changed = new HashSet<>();
  private final Set<String> given;
  private final Set<String> asked = new HashSet<>();

  private YacsConfig(String source, Map<String, Object> read) {
    this.source = source;
    this.values = defaults();
    Map<String, @Nullable Object> flat = new LinkedHashMap<>();
    flatten(read, "", flat);
    this.given = Set.copyOf(flat.keySet());
    flat.forEach(
        (key, value) -> {
          if (!values.containsKey(key)) {
            unknown.add(key);
          } else if (!Scalars.same(values.get(key), value)) {
            changed.add(key);
          }
          values.put(key, value);
        });
    version(flat);
  }

  /**
   * @throws ConfigException if it cannot be read, or is of another version
   */
  static YacsConfig read(Path file) {
    return new YacsConfig(file.toString(), YacsFiles.read(file));
  }

  /** Detectron2's defaults. */
  static Map<String, @Nullable Object> defaults() {
    try (InputStream in = YacsConfig.class.getResourceAsStream(DEFAULTS)) {
      if (in == null) {
        throw new IllegalStateException(DEFAULTS + " is not in this jar");
      }
      Map<String, @Nullable Object> flat = new LinkedHashMap<>();
      flatten(YacsReader.read(in.readAllBytes(), DEFAULTS), "", flat);
      return flat;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @SuppressWarnings("unchecked") // YacsReader makes keys text
  private static void flatten(
      Map<String, Object> map, String path, Map<String, @Nullable Object> into) {
    map.forEach(
        (key, value) -> {
          if (value instanceof Map<?, ?> inner) {
            flatten((Map<String, Object>) inner, path + key + ".", into);
          } else {
            into.put(path + key, value);
          }
        });
  }

  /** Older ones can be told by two keys, as Detectron2 does where they name no version. */
  private void version(Map<String, @Nullable Object> given) {
    Object said = given.get("VERSION");
    boolean old = said == null && (has(given, "MODEL.WEIGHT") || has(given, "TEST.AUG_ON"));
    if (old || (said != null && !said.equals(VERSION))) {
      throw new ConfigException(
          source + " VERSION",
          "expected a configuration of version 2, found "
              + (old ? "the keys of version 1" : Texts.found(said))
              + ".",
          "Load it once with Detectron2 and save what cfg.dump() gives.");
    }
    asked.add("VERSION");
  }

  private static boolean has(Map<String, @Nullable Object> given, String key) {
    return given.keySet().stream().anyMatch(k -> k.equals(key) || k.startsWith(key + "."));
  }

  /** How messages name it. */
  String source() {
    return source;
  }

  /** Whether the file says it, be it what holds anyway. */
  boolean isGiven(String key) {
    return given.contains(key);
  }

  /** Keys that Detectron2 does not have. */
  Set<String> unknown() {
    return unknown;
  }

  /** Keys that are unknown, or not as Detectron2 has them, and that nobody asked for; sorted. */
  List<String> unread() {
    Set<String> keys = new HashSet<>(unknown);
    keys.addAll(changed);
    keys.removeAll(asked);
    return keys.stream().sorted().toList();
  }

  /** Whether anybody asked for a key beside this one: whether its section matters to the model. */
  boolean isSectionRead(String key) {
    String section = key.substring(0, key.lastIndexOf('.') + 1);
    return section.equals("MODEL.") || asked.stream().anyMatch(k -> k.startsWith(section));
  }

  /** A value as it is, not counted as asked for. */
  @Nullable Object peek(String key) {
    return values.get(key);
  }

  /** Says that these keys matter to nothing here. */
  void skip(String... keys) {
    asked.addAll(List.of(keys));
  }

  private @Nullable Object ask(String key) {
    if (!values.containsKey(key)) {
      throw new IllegalArgumentException("Detectron2 has no key " + key);
    }
    asked.add(key);
    return values.get(key);
  }

  String text(String key) {
    Object value = ask(key);
    if (value == null || value instanceof String) {
      return value == null ? "" : (String) value;
    }
    throw expected("text", value, key);
  }

  boolean flag(String key) {
    if (ask(key) instanceof Boolean flag) {
      return flag;
    }
    throw expected("True or False", values.get(key), key);
  }

  int whole(String key) {
    if (ask(key) instanceof Integer whole) {
      return whole;
    }
    throw expected("a whole number", values.get(key), key);
  }

  double number(String key) {
    if (ask(key) instanceof Number number) {
      return number.doubleValue();
    }
    throw expected("a number", values.get(key), key);
  }

  List<String> texts(String key) {
    List<String> texts = new ArrayList<>();
    for (Object item : list(key)) {
      if (!(item instanceof String text)) {
        throw expected("a list of text", values.get(key), key);
      }
      texts.add(text);
    }
    return texts;
  }

  List<Double> numbers(String key) {
    return numbers(list(key), key);
  }

  List<Integer> wholes(String key) {
    List<Integer> wholes = new ArrayList<>();
    for (Object item : list(key)) {
      if (!(item instanceof Integer whole)) {
        throw expected("a list of whole numbers", values.get(key), key);
      }
      wholes.add(whole);
    }
    return wholes;
  }

  /** Lists of numbers; a plain list is the only one. */
  List<List<Double>> table(String key) {
    List<@Nullable Object> rows = list(key);
    if (!rows.isEmpty() && rows.get(0) instanceof Number) {
      return List.of(numbers(rows, key));
    }
    List<List<Double>> table = new ArrayList<>();
    for (Object row : rows) {
      if (!(row instanceof List<?> numbers)) {
        throw expected("lists of numbers", values.get(key), key);
      }
      table.add(numbers(numbers, key));
    }
    return table;
  }

  private List<Double> numbers(List<?> items, String key) {
    List<Double> numbers = new ArrayList<>();
    for (Object item : items) {
      if (!(item instanceof Number number)) {
        throw expected("a list of numbers", values.get(key), key);
      }
      numbers.add(number.doubleValue());
    }
    return numbers;
  }

  @SuppressWarnings("unchecked")
  private List<@Nullable Object> list(String key) {
    if (ask(key) instanceof List<?> list) {
      return (List<@Nullable Object>) list;
    }
    throw expected("a list", values.get(key), key);
  }

  private ConfigException expected(String what, @Nullable Object value, String key) {
    return new ConfigException(
        source + " " + key,
        "expected " + what + ", found " + Texts.found(value) + ".",
        "Correct it; Detectron2's config/defaults.py shows its form.");
  }
}
