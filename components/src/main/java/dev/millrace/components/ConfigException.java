package dev.millrace.components;

import org.jspecify.annotations.Nullable;

/**
 * A mistake in a configuration, told so that its author can mend it: where it is, what was
 * expected, what was found, and what to do. Never shown with a stack trace.
 */
public final class ConfigException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String path;

  /**
   * @param path where: a path in the YAML such as {@code model.architecture.backbone.name}; file
   *     and line may precede it. A record's constructor gives only the key: what binds it knows the
   *     rest
   * @param problem what was expected and what was found, one sentence
   * @param remedy what to do about it, one sentence, or null if the problem says it all
   */
  public ConfigException(String path, String problem, @Nullable String remedy) {
    super(path + ": " + problem + (remedy == null ? "" : " " + remedy));
    this.path = path;
  }

  /** Where the mistake is. */
  public String path() {
    return path;
  }
}
