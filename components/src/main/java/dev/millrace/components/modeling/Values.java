package dev.millrace.components.modeling;

import ai.djl.ndarray.NDArray;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The arrays between stages, by name: {@code pixels}, {@code features.res4}, {@code
 * proposals.boxes}. Remembers who read and wrote what, from which the planner sees what must cross
 * from one segment to the next.
 */
public final class Values {

  private final Map<String, NDArray> arrays = new TreeMap<>();
  private final Set<String> read = new LinkedHashSet<>();
  private final Set<String> written = new LinkedHashSet<>();

  /** Provides a value without counting as a write. */
  public void provide(String name, NDArray array) {
    arrays.put(name, array);
  }

  public void put(String name, NDArray array) {
    written.add(name);
    arrays.put(name, array);
  }

  /**
   * @throws IllegalStateException if no stage before wrote it
   */
  public NDArray get(String name) {
    NDArray array = arrays.get(name);
    if (array == null) {
      throw new IllegalStateException("no stage made " + name + "; there are " + arrays.keySet());
    }
    if (!written.contains(name)) {
      read.add(name);
    }
    return array;
  }

  /** All arrays whose name starts with a prefix, under the rest of their name. */
  public Map<String, NDArray> under(String prefix) {
    Map<String, NDArray> found = new LinkedHashMap<>();
    for (String name : arrays.keySet().stream().filter(n -> n.startsWith(prefix)).toList()) {
      found.put(name.substring(prefix.length()), get(name));
    }
    return found;
  }

  /** What was read and had been provided. */
  public Set<String> read() {
    return read;
  }

  /** What was written. */
  public Set<String> written() {
    return written;
  }
}
