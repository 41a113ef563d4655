package dev.millrace.pipeline.config;

import dev.millrace.components.ComponentConfig;
import dev.millrace.components.Registries;
import dev.millrace.components.Registry;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** What people call the types of keys. */
final class TypeNames {
  private final Registries registries;

  TypeNames(Registries registries) {
    this.registries = registries;
  }

  String of(Key key) {
    return key.isSize() ? "size" : of(key.type());
  }

  private String of(Type type) {
    Class<?> raw = Shaper.raw(type);
    if (raw == ComponentConfig.class) {
      return label(Shaper.raw(inner(type, 0)));
    }
    if (raw == Optional.class) {
      return of(inner(type, 0));
    }
    if (Collection.class.isAssignableFrom(raw)) {
      return "list of " + of(inner(type, 0));
    }
    if (raw.isArray()) {
      return "list of " + of(raw.getComponentType());
    }
    if (Map.class.isAssignableFrom(raw)) {
      return "map to " + of(inner(type, 1));
    }
    if (raw.isEnum()) {
      return Arrays.stream(raw.getEnumConstants())
          .map(constant -> Values.spelled((Enum<?>) constant))
          .collect(Collectors.joining(" or "));
    }
    return raw.isRecord() ? "map" : scalar(raw);
  }

  private static String scalar(Class<?> type) {
    if (List.of(int.class, Integer.class, long.class, Long.class).contains(type)) {
      return "integer";
    }
    if (List.of(double.class, Double.class, float.class, Float.class).contains(type)) {
      return "number";
    }
    if (type == boolean.class || type == Boolean.class) {
      return "true or false";
    }
    if (type == Duration.class) {
      return "duration";
    }
    return type == String.class ? "text" : type.getSimpleName().toLowerCase(Locale.ROOT);
  }

  private String label(Class<?> kind) {
    return registries.all().stream()
        .filter(registry -> registry.kind() == kind)
        .map(Registry::label)
        .findFirst()
        .orElse(kind.getSimpleName());
  }

  static Type inner(Type type, int index) {
    return type instanceof ParameterizedType p ? p.getActualTypeArguments()[index] : Object.class;
  }
}
