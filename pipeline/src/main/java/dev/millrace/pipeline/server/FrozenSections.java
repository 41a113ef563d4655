package dev.millrace.pipeline.server;

import dev.millrace.components.ConfigException;
import dev.millrace.pipeline.config.MillraceConfig;
import java.lang.reflect.RecordComponent;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The sections of a configuration that hold from start to stop, and those that may change live. */
final class FrozenSections {

  private static final Set<String> LIVE = Set.of("model", "engine", "training");

  private FrozenSections() {}

  /**
   * @throws ConfigException naming the first key that differs and cannot change while frames flow
   */
  static void check(MillraceConfig running, MillraceConfig next) {
    for (RecordComponent section : MillraceConfig.class.getRecordComponents()) {
      if (!LIVE.contains(section.getName())) {
        compare(section.getName(), read(section, running), read(section, next));
      }
    }
  }

  private static void compare(String path, @Nullable Object running, @Nullable Object next) {
    if (Objects.equals(running, next)) {
      return;
    }
    if (running instanceof Record && next != null && running.getClass() == next.getClass()) {
      for (RecordComponent key : running.getClass().getRecordComponents()) {
        compare(path + "." + key.getName(), read(key, running), read(key, next));
      }
    }
    throw new ConfigException(
        path,
        "this cannot change while frames flow" + difference(running, next) + ".",
        "Set it back, or restart to apply it; model and engine can change at any time.");
  }

  /** Only of plain values: a map may hold what nobody should read in a log. */
  private static String difference(@Nullable Object running, @Nullable Object next) {
    boolean plain = !(running instanceof Map) && !(next instanceof Map);
    return plain ? "; it is " + running + ", the file says " + next : "";
  }

  private static @Nullable Object read(RecordComponent component, Object record) {
    try {
      return component.getAccessor().invoke(record);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("the configuration's records are public", e);
    }
  }
}
