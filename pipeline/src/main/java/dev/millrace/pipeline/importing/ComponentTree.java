package dev.millrace.pipeline.importing;

import java.util.LinkedHashMap;
import java.util.Map;

/** A component's YAML map, key by key in the order that a person would write it. */
final class ComponentTree {
  private final Map<String, Object> map = new LinkedHashMap<>();

  /** A map that is no component. */
  ComponentTree() {}

  ComponentTree(String name) {
    map.put("name", name);
  }

  ComponentTree with(String key, Object value) {
    map.put(key, value);
    return this;
  }

  /** Says it unless it is what holds without a word. */
  ComponentTree unless(Object standard, String key, Object value) {
    return Scalars.same(standard, value) ? this : with(key, value);
  }

  /** Says it unless it is empty. */
  ComponentTree unlessEmpty(String key, Map<String, Object> value) {
    return value.isEmpty() ? this : with(key, value);
  }

  Map<String, Object> map() {
    return map;
  }
}
