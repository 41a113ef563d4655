package dev.millrace.pipeline.config;

import dev.millrace.components.Registries;
import dev.millrace.components.Registry;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import tools.jackson.databind.json.JsonMapper;

/**
 * A component that a configuration can name: what {@code millrace components} shows.
 *
 * @param kind in the singular: "box predictor"
 * @param arguments with those of maps inside
 */
public record ComponentListing(
    String kind, String name, String summary, List<KeyListing> arguments) {

  /** Every component, by kind in the order of their definition, then by name. */
  public static List<ComponentListing> of(Registries registries) {
    TypeNames names = new TypeNames(registries);
    List<ComponentListing> all = new ArrayList<>();
    for (Registry<?> registry : registries.all()) {
      for (Registry.Entry<?, ?> entry : registry.entries()) {
        all.add(
            new ComponentListing(
                registry.label(),
                entry.name(),
                entry.summary(),
                KeyListing.of(entry.arguments(), names)));
      }
    }
    return all;
  }

  /** For people: kinds, names, and a line for each argument. */
  public static String text(List<ComponentListing> components) {
    StringBuilder text = new StringBuilder();
    String kind = "";
    for (ComponentListing component : components) {
      if (!component.kind().equals(kind)) {
        kind = component.kind();
        text.append(text.isEmpty() ? "" : "\n").append(kind).append('\n');
      }
      text.append("  ").append(component.name()).append("  ").append(component.summary());
      text.append('\n');
      component.arguments().forEach(a -> text.append("      ").append(line(a)).append('\n'));
    }
    return text.toString();
  }

  private static String line(KeyListing key) {
    String state =
        key.required() ? "required" : key.fallback() == null ? "optional" : "= " + key.fallback();
    String line = key.path() + " (" + key.type() + ", " + state + ")";
    return key.description().isEmpty() ? line : line + "  " + key.description();
  }

  /** For programs: one JSON object to a line. */
  public static String jsonLines(List<ComponentListing> components) {
    JsonMapper json = JsonMapper.builder().build();
    return components.stream()
        .map(component -> json.writeValueAsString(component) + "\n")
        .collect(Collectors.joining());
  }
}
