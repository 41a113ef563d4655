package dev.millrace.pipeline.config;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import java.lang.reflect.Field;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A key that a record accepts, read from one of its components.
 *
 * @param name as written in YAML
 * @param type the component's Java type
 * @param required whether a file must have it
 * @param fallback the YAML text that stands for a missing key, or null
 * @param description one sentence or nothing
 */
record Key(
    String name, Type type, boolean required, @Nullable String fallback, String description) {

  /** In the order of the record. */
  static List<Key> of(Class<?> type) {
    return Arrays.stream(type.getRecordComponents()).map(c -> of(type, c)).toList();
  }

  private static Key of(Class<?> type, RecordComponent component) {
    Field field;
    try {
      field = type.getDeclaredField(component.getName()); // has the annotations that accessors lose
    } catch (NoSuchFieldException e) {
      throw new IllegalStateException("a record has a field for every component", e);
    }
    JsonProperty property = field.getAnnotation(JsonProperty.class);
    JsonPropertyDescription description = field.getAnnotation(JsonPropertyDescription.class);
    String fallback =
        property == null || property.defaultValue().isEmpty() ? null : property.defaultValue();
    boolean optional =
        fallback != null
            || component.getType() == Optional.class
            || component.getAnnotatedType().isAnnotationPresent(Nullable.class);
    return new Key(
        property == null || property.value().isEmpty() ? component.getName() : property.value(),
        component.getGenericType(),
        !optional,
        fallback,
        description == null ? "" : description.value());
  }

  /** Whether a text such as 64MiB may stand for the number. */
  boolean isSize() {
    return (type == long.class || type == Long.class || type == int.class || type == Integer.class)
        && name.matches("(.*Bytes|bytes)([A-Z].*)?");
  }
}
