package dev.millrace.connectors.kafka;

import dev.millrace.connectors.ConnectorException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Values that a configuration names and does not contain: {@code ${env:NAME}} and {@code
 * ${file:/path}}, alone or within a longer value.
 */
final class Secrets {
  private static final Pattern REFERENCE = Pattern.compile("\\$\\{(env|file):([^}]+)}");
  private static final Pattern SENSITIVE =
      Pattern.compile("password|secret|jaas|token|credential|\\.key$|keystore\\.|assertion");

  private Secrets() {}

  /**
   * @param where the property, for messages
   */
  static String resolve(String where, String value) {
    return resolve(where, value, name -> System.getenv(name));
  }

  static String resolve(String where, String value, UnaryOperator<@Nullable String> environment) {
    Matcher reference = REFERENCE.matcher(value);
    StringBuilder resolved = new StringBuilder();
    while (reference.find()) {
      String name = reference.group(2);
      String secret =
          reference.group(1).equals("env")
              ? fromEnvironment(where, name, environment.apply(name))
              : fromFile(where, name);
      reference.appendReplacement(resolved, Matcher.quoteReplacement(secret));
    }
    return reference.appendTail(resolved).toString();
  }

  /** The properties as they may be shown: what may be a secret and is not a reference is masked. */
  static Map<String, String> masked(Map<String, String> properties) {
    Map<String, String> shown = new TreeMap<>();
    properties.forEach(
        (name, value) ->
            shown.put(
                name,
                SENSITIVE.matcher(name.toLowerCase(Locale.ROOT)).find()
                        && !REFERENCE.matcher(value).matches()
                    ? "***"
                    : value));
    return shown;
  }

  private static String fromEnvironment(String where, String name, @Nullable String value) {
    if (value == null) {
      throw new ConnectorException(
          where,
          "the environment variable " + name + " is not set.",
          "Set it, or name another one.");
    }
    return value;
  }

  private static String fromFile(String where, String name) {
    try {
      return Files.readString(Path.of(name)).strip();
    } catch (IOException | InvalidPathException e) {
      throw new ConnectorException(
          where,
          "the file " + name + " cannot be read.",
          "Check that it exists and that this user may read it.",
          e);
    }
  }
}
