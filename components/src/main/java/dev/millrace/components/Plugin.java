package dev.millrace.components;

/**
 * The entry point of a plugin jar: one public class with a public no-argument constructor, named in
 * {@code META-INF/services/dev.millrace.components.Plugin}.
 */
public interface Plugin {

  /**
   * Adds this jar's components. Called once for each revision; revisions over equal content of the
   * plugins folder share a class loader, and with it static state.
   */
  void register(Registries registries);
}
