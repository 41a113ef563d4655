package dev.millrace.pipeline.config;

import dev.millrace.components.ComponentConfig;
import dev.millrace.components.ConfigException;
import dev.millrace.components.Spelling;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.WildcardType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Brings the values of a file into the shape that Jackson binds to records: unknown and missing
 * keys and wrong types are refused by name, defaults are filled in, durations, sizes and component
 * names are spelled out.
 */
final class Shaper {
  private final Consumer<ComponentUse> components;

  /**
   * @param components is told every component that is named on the way
   */
  Shaper(Consumer<ComponentUse> components) {
    this.components = components;
  }

  /** The keys of a record. */
  Map<String, Object> record(Map<?, ?> values, Class<?> type, String path) {
    List<Key> keys = Key.of(type);
    List<String> names = keys.stream().map(Key::name).toList();
    for (Object name : values.keySet()) {
      if (!names.contains(name)) {
        throw Mistakes.unknownKey(path, String.valueOf(name), names);
      }
    }
    List<String> missing =
        keys.stream()
            .filter(k -> k.required() && values.get(k.name()) == null)
            .map(Key::name)
            .toList();
    if (!missing.isEmpty()) {
      throw new ConfigException(
          Mistakes.join(path, missing.get(0)),
          "missing required key"
              + (missing.size() == 1 ? " " : "s ")
              + String.join(", ", missing)
              + ".",
          "Known here: " + String.join(", ", names) + ".");
    }
    Map<String, Object> shaped = new LinkedHashMap<>();
    for (Key key : keys) {
      @Nullable Object value = values.get(key.name());
      if (value == null && key.fallback() != null) {
        value = fallback(key);
      }
      if (value != null) {
        String inner = Mistakes.join(path, key.name());
        shaped.put(
            key.name(), key.isSize() ? size(value, key, inner) : value(value, key.type(), inner));
      }
    }
    return shaped;
  }

  private static @Nullable Object fallback(Key key) {
    Node node = YamlReader.parse("{x: " + key.fallback() + "}", "the default of " + key.name());
    return new ConfigTree("default", (Node.Mapping) node).values().get("x");
  }

  private static Object size(Object value, Key key, String path) {
    long bytes = Values.bytes(value, path);
    boolean small = key.type() == int.class || key.type() == Integer.class;
    if (small && bytes > Integer.MAX_VALUE) {
      throw Values.expected("a size below 2GiB", value, path, null);
    }
    return bytes;
  }

  private @Nullable Object value(@Nullable Object value, Type type, String path) {
    if (type instanceof WildcardType wildcard) {
      return value(value, wildcard.getUpperBounds()[0], path);
    }
    if (type instanceof GenericArrayType array) {
      return list(value, array.getGenericComponentType(), path);
    }
    Class<?> raw = raw(type);
    if (raw == ComponentConfig.class) {
      return component(value, argument(type, 0), path);
    }
    if (raw == Optional.class) {
      return value(value, argument(type, 0), path);
    }
    if (Collection.class.isAssignableFrom(raw)) {
      return list(value, argument(type, 0), path);
    }
    if (raw.isArray()) {
      return list(value, raw.getComponentType(), path);
    }
    if (Map.class.isAssignableFrom(raw)) {
      return map(value, argument(type, 1), path);
    }
    if (raw.isRecord()) {
      if (!(value instanceof Map<?, ?> map)) {
        List<String> names = Key.of(raw).stream().map(Key::name).toList();
        throw Values.expected("a map with the keys " + String.join(", ", names), value, path, null);
      }
      return record(map, raw, path);
    }
    return scalar(value, raw, path);
  }

  private static @Nullable Object scalar(@Nullable Object value, Class<?> type, String path) {
    if (type == int.class || type == Integer.class) {
      String what = value instanceof Long ? "an integer of at most 32 bits" : "an integer";
      return expect(value instanceof Integer, what, value, path);
    }
    if (type == long.class || type == Long.class) {
      return expect(value instanceof Integer || value instanceof Long, "an integer", value, path);
    }
    if (type == double.class
        || type == Double.class
        || type == float.class
        || type == Float.class) {
      return expect(value instanceof Number, "a number", value, path);
    }
    if (type == boolean.class || type == Boolean.class) {
      return expect(value instanceof Boolean, "true or false", value, path);
    }
    if (type == String.class) {
      if (value instanceof Number || value instanceof Boolean) {
        throw Values.expected("text", value, path, "Put it in quotes.");
      }
      return expect(value instanceof String, "text", value, path);
    }
    if (type == Duration.class) {
      return Values.duration(value, path).toString();
    }
    return type.isEnum() ? constant(value, type, path) : value;
  }

  private static @Nullable Object expect(
      boolean fits, String what, @Nullable Object value, String path) {
    if (!fits) {
      throw Values.expected(what, value, path, null);
    }
    return value;
  }

  private static String constant(@Nullable Object value, Class<?> type, String path) {
    List<String> known = new ArrayList<>();
    for (Object constant : type.getEnumConstants()) {
      Enum<?> candidate = (Enum<?>) constant;
      known.add(Values.spelled(candidate));
      if (Values.spelled(candidate).equals(value)) {
        return candidate.name();
      }
    }
    List<String> close = value instanceof String s ? Spelling.close(s, known) : List.of();
    throw Values.expected(
        known.size() == 1 ? known.get(0) : "one of " + String.join(", ", known),
        value,
        path,
        close.isEmpty() ? null : "Did you mean " + String.join(" or ", close) + "?");
  }

  private List<@Nullable Object> list(@Nullable Object value, Type item, String path) {
    if (!(value instanceof List<?> list)) {
      throw Values.expected(
          "a list", value, path, "Write each item on a line that begins with '- '.");
    }
    List<@Nullable Object> shaped = new ArrayList<>();
    for (Object element : list) {
      shaped.add(value(element, item, path + "[" + shaped.size() + "]"));
    }
    return shaped;
  }

  private Map<String, @Nullable Object> map(@Nullable Object value, Type item, String path) {
    if (!(value instanceof Map<?, ?> map)) {
      throw Values.expected("a map", value, path, "Write 'key: value' on lines of their own.");
    }
    Map<String, @Nullable Object> shaped = new LinkedHashMap<>();
    map.forEach(
        (key, inner) -> {
          // A map of text is somebody else's properties, such as Kafka's: 5 and true are meant.
          boolean property =
              item == String.class && (inner instanceof Number || inner instanceof Boolean);
          String name = String.valueOf(key);
          shaped.put(
              name, property ? inner.toString() : value(inner, item, Mistakes.join(path, name)));
        });
    return shaped;
  }

  private Map<String, Object> component(@Nullable Object value, Type kind, String path) {
    Map<String, Object> arguments = new LinkedHashMap<>();
    if (value instanceof String name) {
      arguments.put("name", name);
    } else if (value instanceof Map<?, ?> map) {
      map.forEach((key, inner) -> arguments.put(String.valueOf(key), inner));
    }
    if (!(arguments.remove("name") instanceof String name)) {
      throw new ConfigException(
          path,
          "expected a component: its name, or a map with the key name; found "
              + (value instanceof Map ? "a map without name." : Values.found(value) + "."),
          "'millrace components' lists the registered names.");
    }
    components.accept(new ComponentUse(raw(kind), new ComponentConfig<>(name, arguments, path)));
    return Map.of("name", name, "arguments", arguments, "path", path);
  }

  private static Type argument(Type type, int index) {
    return type instanceof ParameterizedType p ? p.getActualTypeArguments()[index] : Object.class;
  }

  static Class<?> raw(Type type) {
    if (type instanceof Class<?> raw) {
      return raw;
    }
    if (type instanceof ParameterizedType parameterized) {
      return (Class<?>) parameterized.getRawType();
    }
    if (type instanceof WildcardType wildcard) {
      return raw(wildcard.getUpperBounds()[0]);
    }
    return Object.class;
  }
}
