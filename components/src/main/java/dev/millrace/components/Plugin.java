package dev.millrace.components;

/**
 * The entry point of a plugin jar: one public class with a public no-argument constructor, named in
 * {@code META-INF/services/dev.millrace.components.Plugin}.
 */
public interface Plugin {

  /**
   * Adds this jar's components. Called once for each revision, in a class loader of that revision.
   */
  void register(Registries registries);
}
