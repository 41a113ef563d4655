package dev.millrace.pipeline.config;

import dev.millrace.components.ConfigException;
import dev.millrace.components.Registries;
import dev.millrace.components.Registry;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Looks up every component that a configuration names and binds its arguments, and those of the
 * components named in them, so that a misspelt name is refused before anything is built.
 */
final class ComponentCheck {
  private final Registries registries;
  private final JacksonArgumentBinder binder;
  private final Deque<ComponentUse> open = new ArrayDeque<>();

  ComponentCheck(Registries registries, JacksonArgumentBinder binder) {
    this.registries = registries;
    this.binder = binder;
  }

  void add(ComponentUse use) {
    open.addLast(use);
  }

  /**
   * @throws ConfigException for the first that is unknown or whose arguments do not bind
   */
  void run() {
    while (!open.isEmpty()) {
      ComponentUse use = open.removeFirst();
      Registry.Entry<?, ?> entry = registry(use).get(use.config().name(), use.config().path());
      binder.bind(use.config().arguments(), entry.arguments(), use.config().path(), this::add);
    }
  }

  private Registry<?> registry(ComponentUse use) {
    for (Registry<?> registry : registries.all()) {
      if (registry.kind() == use.kind()) {
        return registry;
      }
    }
    throw new ConfigException(
        use.config().path(),
        "nothing is registered of the kind " + use.kind().getSimpleName() + ".",
        "Add the plugin that brings it to the plugins folder.");
  }
}
