package dev.millrace.pipeline.config;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A parsed YAML value that remembers where it was written. */
sealed interface Node {

  /** Its key in a map, else itself. */
  Place place();

  /** What messages call it. */
  String noun();

  /** Keys in the order of the file. */
  record Mapping(Place place, Map<String, Node> entries) implements Node {
    @Override
    public String noun() {
      return "a map";
    }

    /** The value of {@code name} where it is a string: what makes a map a component. */
    @Nullable String component() {
      return entries.get("name") instanceof Scalar s && s.value() instanceof String name
          ? name
          : null;
    }
  }

  record Sequence(Place place, List<Node> items) implements Node {
    @Override
    public String noun() {
      return "a list";
    }
  }

  /**
   * @param value String, Integer, Long, Double, Boolean or null
   */
  record Scalar(Place place, @Nullable Object value) implements Node {
    @Override
    public String noun() {
      return Values.found(value);
    }
  }

  default boolean isNull() {
    return this instanceof Scalar s && s.value() == null;
  }
}
