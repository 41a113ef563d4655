package dev.millrace.components;

/** Turns the keys of a YAML map into a component's own record. */
@FunctionalInterface
public interface ArgumentBinder {

  /**
   * @throws ConfigException naming the YAML path of an unknown, missing or wrongly typed key
   */
  <A extends Record> A bind(ComponentConfig<?> config, Class<A> arguments);
}
