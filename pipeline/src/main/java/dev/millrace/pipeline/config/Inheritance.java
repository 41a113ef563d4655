package dev.millrace.pipeline.config;

import dev.millrace.components.ConfigException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads a file and everything that it names in {@code _BASE_}. Maps merge, lists and scalars
 * replace, a null resets. A component of another {@code name} replaces the one of the base with all
 * its arguments, because they were the other component's.
 */
final class Inheritance {
  static final String BASE = "_BASE_";
  private static final int MAX_FILES = 64;

  private final ConfigRoot root;
  private final Set<Path> files = new LinkedHashSet<>();
  private final Deque<String> chain = new ArrayDeque<>();
  private int reads;

  Inheritance(ConfigRoot root) {
    this.root = root;
  }

  /** Every file that was looked at so far, whether it could be read or not. */
  Set<Path> files() {
    return files;
  }

  /** A file merged onto its bases. */
  Node.Mapping read(Path file) {
    return read(file, root.show(file));
  }

  /** As if {@code bytes} were the content of {@code file}. */
  Node.Mapping read(Path file, byte[] bytes) {
    String shown = root.show(file);
    chain.addLast(shown);
    try {
      return merged(file, bytes, shown);
    } finally {
      chain.removeLast();
    }
  }

  private Node.Mapping read(Path file, String place) {
    String shown = root.show(file);
    if (chain.contains(shown)) {
      throw new ConfigException(
          place,
          BASE + " goes in a circle: " + String.join(" -> ", chain) + " -> " + shown + ".",
          "Remove one of these steps.");
    }
    files.add(file.toAbsolutePath().normalize());
    if (++reads > MAX_FILES) {
      throw new ConfigException(
          place, BASE + " leads to more than " + MAX_FILES + " files.", "Flatten some of them.");
    }
    return read(file, root.read(file, place));
  }

  private Node.Mapping merged(Path file, byte[] bytes, String shown) {
    Node node = YamlReader.read(bytes, shown);
    if (!(node instanceof Node.Mapping own)) {
      throw new ConfigException(
          node.place().toString(),
          "expected a map of keys such as model, found " + node.noun() + ".",
          "Begin with 'model:' at the left margin.");
    }
    Node.Mapping result = new Node.Mapping(own.place(), Map.of());
    for (Node.Scalar base : bases(own)) {
      String place = base.place().with(BASE);
      Path path = root.sibling(file, String.valueOf(base.value()), place);
      result = (Node.Mapping) merge(result, read(path, place), "");
    }
    Map<String, Node> rest = new LinkedHashMap<>(own.entries());
    rest.remove(BASE);
    return (Node.Mapping) merge(result, new Node.Mapping(own.place(), rest), "");
  }

  private static List<Node.Scalar> bases(Node.Mapping own) {
    Node bases = own.entries().get(BASE);
    if (bases == null) {
      return List.of();
    }
    List<Node.Scalar> names = new ArrayList<>();
    for (Node base : bases instanceof Node.Sequence list ? list.items() : List.of(bases)) {
      if (!(base instanceof Node.Scalar name && name.value() instanceof String)) {
        throw new ConfigException(
            base.place().with(BASE),
            "expected a file name or a list of file names, found " + base.noun() + ".",
            "Write '_BASE_: ../base/rcnn.yaml'.");
      }
      names.add(name);
    }
    return names;
  }

  /**
   * @param path where both stand, for messages
   */
  static Node merge(Node base, Node over, String path) {
    if (base.isNull() || over.isNull()) {
      return over;
    }
    if (base instanceof Node.Mapping below && over instanceof Node.Mapping above) {
      return maps(below, above, path);
    }
    if (base instanceof Node.Mapping below && below.component() != null && isName(over)) {
      return maps(below, named(over), path);
    }
    if (isName(base) && over instanceof Node.Mapping above && above.component() != null) {
      return maps(named(base), above, path);
    }
    if (base.getClass() != over.getClass()) {
      throw new ConfigException(
          over.place().with(path),
          "this changes " + base.noun() + " of " + base.place() + " into " + over.noun() + ".",
          "Keep its type, or take another base.");
    }
    return over;
  }

  private static Node maps(Node.Mapping base, Node.Mapping over, String path) {
    String was = base.component();
    String is = over.component();
    if (was != null && is != null && !was.equals(is)) {
      return over;
    }
    Map<String, Node> entries = new LinkedHashMap<>(base.entries());
    over.entries()
        .forEach(
            (key, value) -> {
              String inner = path.isEmpty() ? key : path + "." + key;
              Node below = entries.get(key);
              entries.put(key, below == null ? value : merge(below, value, inner));
            });
    return new Node.Mapping(over.place(), entries);
  }

  private static boolean isName(Node node) {
    return node instanceof Node.Scalar s && s.value() instanceof String;
  }

  private static Node.Mapping named(Node name) {
    return new Node.Mapping(name.place(), Map.of("name", name));
  }
}
