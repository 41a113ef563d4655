package dev.millrace.connectors;

import org.jspecify.annotations.Nullable;

/**
 * Frames cannot come or events cannot go, told so that the person who runs Millrace can mend it:
 * where, what was expected, what was found, what to do. Shown without a stack trace.
 */
public final class ConnectorException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * @param where the address, topic, position or property in question
   * @param problem what was expected and what was found, one sentence
   * @param remedy what to do about it, one sentence
   */
  public ConnectorException(String where, String problem, String remedy) {
    this(where, problem, remedy, null);
  }

  /**
   * @param cause what the client library said, for the log at debug level; null if there is none
   */
  public ConnectorException(
      String where, String problem, String remedy, @Nullable Throwable cause) {
    super(where + ": " + problem + " " + remedy, cause);
  }
}
