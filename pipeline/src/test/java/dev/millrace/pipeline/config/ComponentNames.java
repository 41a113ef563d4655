package dev.millrace.pipeline.config;

import dev.millrace.components.Registries;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** The components that a configuration names, known or not. */
public final class ComponentNames {
  private ComponentNames() {}

  /** Whether every one of them is registered. */
  public static boolean areRegistered(Path root, Path file, Registries registries) {
    Set<String> names = new HashSet<>();
    Map<String, Node> model =
        ((Node.Mapping) new Inheritance(new ConfigRoot(root)).read(file).entries().get("model"))
            .entries();
    for (String key : new String[] {"preprocessor", "architecture", "postprocessor"}) {
      collect(model.get(key), names);
    }
    registries.all().forEach(r -> r.entries().forEach(entry -> names.remove(entry.name())));
    return names.isEmpty();
  }

  private static void collect(Node node, Set<String> names) {
    if (node instanceof Node.Mapping map) {
      if (map.component() != null) {
        names.add(map.component());
      }
      map.entries().values().forEach(inner -> collect(inner, names));
    } else if (node instanceof Node.Sequence list) {
      list.items().forEach(inner -> collect(inner, names));
    }
  }
}
