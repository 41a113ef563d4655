package dev.millrace.components;

import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The components of one kind that a configuration can name. Detectron2's {@code Registry}, but an
 * instance and not global state: each revision has its own, so that it can see new code. Filled on
 * one thread, then only read.
 */
public final class Registry<T> {

  /** A name, its arguments and how to make it. */
  public record Entry<A extends Record, T>(
      String name, String summary, Class<A> arguments, ComponentFactory<A, ? extends T> factory) {}

  private final Class<T> kind;
  private final String label;
  private final Map<String, Entry<?, T>> entries = new TreeMap<>();

  Registry(Class<T> kind, String label) {
    this.kind = kind;
    this.label = label;
  }

  /** The interface or class that every entry makes. */
  public Class<T> kind() {
    return kind;
  }

  /** What people call this kind, in the singular and lower case: "box predictor". */
  public String label() {
    return label;
  }

  /**
   * @param name what a configuration will call it; Detectron2's class name where there is one
   * @param summary one line for {@code millrace components}
   * @throws IllegalArgumentException if the name is taken
   */
  public <A extends Record> Registry<T> register(
      String name, String summary, Class<A> arguments, ComponentFactory<A, ? extends T> factory) {
    if (entries.putIfAbsent(name, new Entry<A, T>(name, summary, arguments, factory)) != null) {
      throw new IllegalArgumentException("the " + label + " " + name + " is registered already");
    }
    return this;
  }

  /** All entries by name. */
  public Collection<Entry<?, T>> entries() {
    return Collections.unmodifiableCollection(entries.values());
  }

  /**
   * @throws ConfigException at {@code path}, naming the known names and those close to a misspelt
   *     one
   */
  public Entry<?, T> get(String name, String path) {
    Entry<?, T> entry = entries.get(name);
    if (entry == null) {
      List<String> close = Spelling.close(name, entries.keySet());
      throw new ConfigException(
          path + ".name",
          "no " + label + " is registered as '" + name + "'.",
          (close.isEmpty() ? "" : "Did you mean " + String.join(" or ", close) + "? ")
              + "Registered: "
              + String.join(
                  ", ", entries.keySet().stream().sorted(Comparator.naturalOrder()).toList())
              + ".");
    }
    return entry;
  }
}
