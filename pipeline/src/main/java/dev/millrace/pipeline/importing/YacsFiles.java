package dev.millrace.pipeline.importing;

import dev.millrace.components.ConfigException;
import dev.millrace.pipeline.config.ConfigLoader;
import dev.millrace.pipeline.config.ConfigRoot;
import dev.millrace.pipeline.config.Texts;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A file and what it names in {@code _BASE_}, merged as fvcore does: maps merge, everything else
 * replaces. Bases come from files alone, inside the folder {@code configs} above the file or, where
 * there is none, inside its own.
 */
final class YacsFiles {
  private static final String BASE = "_BASE_";
  private static final int MAX_FILES = 64;

  private final ConfigRoot root;
  private final Deque<String> chain = new ArrayDeque<>();
  private int reads;

  private YacsFiles(ConfigRoot root) {
    this.root = root;
  }

  /**
   * @throws ConfigException if one of them is missing, outside, or no configuration
   */
  static Map<String, Object> read(Path file) {
    YacsFiles files = new YacsFiles(new ConfigRoot(ConfigLoader.rootOf(file)));
    return files.read(file, files.root.show(file));
  }

  private Map<String, Object> read(Path file, String place) {
    String shown = root.show(file);
    if (chain.contains(shown)) {
      throw new ConfigException(
          place,
          BASE + " goes in a circle: " + String.join(" -> ", chain) + " -> " + shown + ".",
          "Remove one of them.");
    }
    if (++reads > MAX_FILES) {
      throw new ConfigException(
          place, BASE + " names more than " + MAX_FILES + " files.", "Merge some of them.");
    }
    chain.addLast(shown);
    try {
      Map<String, Object> own = YacsReader.read(root.read(file, place), shown);
      Map<String, Object> merged = new LinkedHashMap<>();
      for (Object base : bases(own.remove(BASE))) {
        String at = shown + " " + BASE;
        merge(read(base(file, base, at), at), merged, shown, "");
      }
      merge(own, merged, shown, "");
      return merged;
    } finally {
      chain.removeLast();
    }
  }

  private static List<?> bases(@Nullable Object named) {
    return named == null ? List.of() : named instanceof List<?> several ? several : List.of(named);
  }

  private Path base(Path from, @Nullable Object name, String place) {
    if (!(name instanceof String text) || text.isBlank()) {
      throw new ConfigException(
          place, "expected a file's name, found " + Texts.found(name) + ".", "Name a YAML file.");
    }
    if (text.contains("://") || text.startsWith("~")) {
      throw new ConfigException(
          place,
          "'" + Texts.shown(text) + "' is not followed: bases come from files beside this one.",
          "Put a copy into the folder and name that.");
    }
    return root.sibling(from, text, place);
  }

  @SuppressWarnings("unchecked") // YacsReader makes keys text
  private static void merge(
      Map<String, Object> over, Map<String, Object> into, String source, String path) {
    over.forEach(
        (key, value) -> {
          Object below = into.get(key);
          if (value instanceof Map<?, ?> map && below instanceof Map<?, ?> base) {
            merge((Map<String, Object>) map, (Map<String, Object>) base, source, path + key + ".");
          } else if (below != null && value instanceof Map != below instanceof Map) {
            throw new ConfigException(
                source + " " + path + key,
                "this changes "
                    + Texts.found(below)
                    + " of a base into "
                    + Texts.found(value)
                    + ".",
                "Keep its type, or take another base.");
          } else {
            into.put(key, value);
          }
        });
  }
}
