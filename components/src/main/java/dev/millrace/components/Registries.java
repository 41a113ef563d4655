package dev.millrace.components;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.ServiceLoader;

/**
 * One {@link Registry} for each kind of component. Filled on one thread by plugins, then only read.
 */
public final class Registries {

  private final Map<Class<?>, Registry<?>> registries = new LinkedHashMap<>();

  /** Adds a kind. A plugin may bring kinds of its own. */
  public <T> Registry<T> define(Class<T> kind, String label) {
    Registry<T> registry = new Registry<>(kind, label);
    if (registries.putIfAbsent(kind, registry) != null) {
      throw new IllegalArgumentException("the kind " + kind.getName() + " is defined already");
    }
    return registry;
  }

  /** The registry of a kind, for example {@code registries.of(Backbone.class)}. */
  @SuppressWarnings("unchecked") // define() pairs them
  public <T> Registry<T> of(Class<T> kind) {
    Registry<?> registry = registries.get(kind);
    if (registry == null) {
      throw new IllegalArgumentException("no registry for " + kind.getName());
    }
    return (Registry<T>) registry;
  }

  public Collection<Registry<?>> all() {
    return registries.values();
  }

  /** Registers what every plugin that {@code loader} sees brings. */
  public Registries plugins(ClassLoader loader) {
    for (Plugin plugin : ServiceLoader.load(Plugin.class, loader)) {
      plugin.register(this);
    }
    return this;
  }
}
