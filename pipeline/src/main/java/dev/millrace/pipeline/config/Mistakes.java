package dev.millrace.pipeline.config;

import dev.millrace.components.ConfigException;
import dev.millrace.components.Spelling;
import java.util.Collection;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.exc.InvalidFormatException;
import tools.jackson.databind.exc.MismatchedInputException;

/** Turns what went wrong while binding into a sentence for the author of the file. */
final class Mistakes {
  private Mistakes() {}

  /** The same mistake with another path. */
  static ConfigException moved(ConfigException mistake, String path) {
    String message = String.valueOf(mistake.getMessage());
    return new ConfigException(path, message.substring(mistake.path().length() + 2), null);
  }

  static ConfigException unknownKey(String path, String key, Collection<String> known) {
    List<String> close = Spelling.close(key, known);
    return new ConfigException(
        join(path, key),
        "unknown key '" + Texts.shown(key) + "'.",
        (close.isEmpty() ? "" : "Did you mean " + String.join(" or ", close) + "? ")
            + (known.isEmpty()
                ? "No keys are known here."
                : "Known here: " + String.join(", ", known) + "."));
  }

  /** What a record's constructor or Jackson refused below {@code path}. */
  static ConfigException translated(JacksonException e, String path) {
    StringBuilder where = new StringBuilder(path);
    for (JacksonException.Reference step : e.getPath()) {
      if (step.getPropertyName() == null) {
        where.append('[').append(step.getIndex()).append(']');
      } else {
        where.append(where.isEmpty() ? "" : ".").append(step.getPropertyName());
      }
    }
    String at = where.toString();
    for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
      if (cause instanceof ConfigException mistake) {
        return moved(mistake, join(at, mistake.path()));
      }
      if (!(cause instanceof JacksonException) && cause.getMessage() != null) {
        return new ConfigException(at, Texts.clause(cause.getMessage()) + ".", null);
      }
    }
    if (e instanceof MismatchedInputException mismatch && mismatch.getTargetType() != null) {
      String type = "a value of type " + mismatch.getTargetType().getSimpleName();
      return e instanceof InvalidFormatException format
          ? Values.expected(type, format.getValue(), at, null)
          : new ConfigException(at, "expected " + type + ".", null);
    }
    return new ConfigException(at, Texts.clause(e.getOriginalMessage()) + ".", null);
  }

  static String join(String path, String key) {
    return path.isEmpty() ? key : key.isEmpty() ? path : path + "." + key;
  }
}
