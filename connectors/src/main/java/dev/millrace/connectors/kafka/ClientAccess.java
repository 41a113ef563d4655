package dev.millrace.connectors.kafka;

import dev.millrace.connectors.ConnectorException;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What any Kafka client needs to be let in: the properties {@code security.*}, {@code sasl.*} and
 * {@code ssl.*}, in which secrets may be named as {@code ${env:NAME}} and {@code ${file:/path}}.
 */
public final class ClientAccess {

  private static final int MOST_BYTES = 64 << 10;

  private ClientAccess() {}

  /** Of another client's properties. */
  public static Map<String, String> of(@Nullable Map<String, String> properties) {
    Map<String, String> access = new TreeMap<>();
    if (properties != null) {
      properties.forEach(
          (name, value) -> {
            if (lets(name)) {
              access.put(name, value);
            }
          });
    }
    return access;
  }

  /**
   * Of a file, {@code name=value} in each line as {@link Properties} reads it.
   *
   * @return the properties with their references to secrets
   * @throws ConnectorException if the file cannot be read, is larger than 64 KiB, or holds a
   *     property that is none of these or that a configuration may not set either
   */
  public static Map<String, String> read(Path file) {
    Properties read = new Properties();
    try {
      long bytes = Files.size(file);
      if (bytes > MOST_BYTES) {
        throw new ConnectorException(
            file.toString(),
            "it holds " + bytes + " bytes, expected at most " + MOST_BYTES + ".",
            "Name a file of properties, name=value in each line.");
      }
      read.load(new StringReader(Files.readString(file)));
    } catch (CharacterCodingException | IllegalArgumentException e) {
      throw new ConnectorException(
          file.toString(),
          "it is no file of properties.",
          "Write name=value in each line, in UTF-8; a \\u begins four hexadecimal digits.");
    } catch (IOException e) {
      throw new ConnectorException(
          file.toString(),
          "it cannot be read.",
          "Check that it exists and that this user may read it.",
          e);
    }
    Map<String, String> access = new TreeMap<>();
    for (String name : read.stringPropertyNames()) {
      String where = file + ": " + name;
      if (!lets(name)) {
        throw new ConnectorException(
            where,
            "here stands only what lets a client in: security.*, sasl.* and ssl.*.",
            name.equals("bootstrap.servers") ? "Say --bootstrap instead." : "Remove it.");
      }
      String value = read.getProperty(name);
      AllowedProperties.check(where, name, Secrets.resolve(where, value));
      access.put(name, value);
    }
    return access;
  }

  private static boolean lets(String name) {
    return name.startsWith("security.") || name.startsWith("ssl.") || name.startsWith("sasl.");
  }
}
