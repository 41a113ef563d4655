package dev.millrace.components;

import java.util.Map;

/**
 * A component that a configuration names: which one, with which arguments, not yet built. The type
 * parameter says what kind it is, and so in which {@link Registry} the name is looked up.
 *
 * @param name the registered name
 * @param arguments the other keys of its YAML map, as parsed: String, Integer, Long, Double,
 *     Boolean, List, Map, null
 * @param path where it stands in the YAML, for messages, for example {@code
 *     model.architecture.backbone}
 */
public record ComponentConfig<T>(String name, Map<String, Object> arguments, String path) {}
