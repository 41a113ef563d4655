package dev.millrace.pipeline.importing;

import dev.millrace.pipeline.config.MergedConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A configuration of ours with its bases, and values as they compare: numbers as doubles. */
final class MergedYaml {
  private MergedYaml() {}

  static Map<String, Object> of(Path root, Path file) {
    return MergedConfig.values(root, file);
  }

  static Object plain(Object value) {
    if (value instanceof Map<?, ?> map) {
      Map<String, Object> sorted = new TreeMap<>();
      map.forEach((key, inner) -> sorted.put(key.toString(), plain(inner)));
      // Said in a base, and what holds without a word.
      sorted.remove("outFeatures", List.of("res2", "res3", "res4", "res5"));
      return sorted;
    }
    if (value instanceof List<?> list) {
      List<Object> items = new ArrayList<>();
      list.forEach(item -> items.add(plain(item)));
      return items;
    }
    return value instanceof Number number ? number.doubleValue() : value;
  }
}
