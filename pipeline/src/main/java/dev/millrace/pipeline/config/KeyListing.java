package dev.millrace.pipeline.config;

import dev.millrace.components.ComponentConfig;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A key as people look it up.
 *
 * @param path below the map that is described: {@code maxBatch}, {@code weights.url}, {@code
 *     classes[].name}
 * @param type such as {@code integer}, {@code list of text}, {@code box predictor}
 * @param fallback the default as YAML, or null
 */
public record KeyListing(
    String path, String type, boolean required, @Nullable String fallback, String description) {

  /** The keys of a record and of the records inside it, depth first. */
  static List<KeyListing> of(Class<?> type, TypeNames names) {
    List<KeyListing> keys = new ArrayList<>();
    add(type, "", names, keys);
    return keys;
  }

  private static void add(Class<?> type, String path, TypeNames names, List<KeyListing> keys) {
    for (Key key : Key.of(type)) {
      String own = Mistakes.join(path, key.name());
      String shown = "{}".equals(key.fallback()) ? null : key.fallback();
      keys.add(new KeyListing(own, names.of(key), key.required(), shown, key.description()));
      nested(key.type(), own, names, keys);
    }
  }

  private static void nested(Type type, String path, TypeNames names, List<KeyListing> keys) {
    Class<?> raw = Shaper.raw(type);
    if (raw == ComponentConfig.class) {
      return;
    }
    if (raw.isRecord()) {
      add(raw, path, names, keys);
    } else if (raw.isArray()) {
      nested(raw.getComponentType(), path + "[]", names, keys);
    } else if (type instanceof ParameterizedType parameterized) {
      Type[] inner = parameterized.getActualTypeArguments();
      String step = Map.class.isAssignableFrom(raw) ? ".*" : "[]";
      nested(inner[inner.length - 1], path + step, names, keys);
    }
  }
}
