package dev.millrace.pipeline.importing;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Lines such as {@code MODEL.RPN.NMS_THRESH: 0.7} as nested YAML. */
final class Dotted {
  private Dotted() {}

  static String yaml(List<String> lines) {
    Map<String, Object> root = new TreeMap<>();
    for (String line : lines) {
      int colon = line.indexOf(':');
      Map<String, Object> map = root;
      String[] keys = line.substring(0, colon).split("\\.");
      for (int i = 0; i < keys.length - 1; i++) {
        map = inner(map, keys[i]);
      }
      map.put(keys[keys.length - 1], line.substring(colon + 1).strip());
    }
    StringBuilder out = new StringBuilder();
    write(root, "", out);
    return out.toString();
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> inner(Map<String, Object> map, String key) {
    return (Map<String, Object>) map.computeIfAbsent(key, k -> new TreeMap<String, Object>());
  }

  private static void write(Map<?, ?> map, String indent, StringBuilder out) {
    map.forEach(
        (key, value) -> {
          out.append(indent).append(key).append(':');
          if (value instanceof Map<?, ?> inner) {
            out.append('\n');
            write(inner, indent + "  ", out);
          } else {
            out.append(' ').append(value).append('\n');
          }
        });
  }
}
