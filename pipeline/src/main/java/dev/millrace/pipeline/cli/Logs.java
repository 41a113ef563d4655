package dev.millrace.pipeline.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import org.slf4j.LoggerFactory;

/** How much is logged, where a command draws on the terminal itself. */
final class Logs {

  private Logs() {}

  /** Warnings and worse, unless the environment asks for another level. */
  static void quiet() {
    if (System.getenv("MILLRACE_LOG_LEVEL") == null
        && LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME) instanceof Logger root) {
      root.setLevel(Level.WARN);
    }
  }
}
