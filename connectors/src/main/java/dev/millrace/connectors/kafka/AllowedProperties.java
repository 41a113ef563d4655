package dev.millrace.connectors.kafka;

import dev.millrace.connectors.ConnectorException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.ConfigDef;

/**
 * Which properties of Kafka's clients a configuration may set: numbers and switches, and of texts
 * those that neither name code nor an address. YAML names no code, and turns no protection off.
 */
final class AllowedProperties {

  private static final Map<String, ConfigDef.Type> KNOWN = new HashMap<>();

  static {
    for (ConfigDef all :
        List.of(
            ConsumerConfig.configDef(),
            ProducerConfig.configDef(),
            AdminClientConfig.configDef())) {
      all.configKeys().forEach((name, key) -> KNOWN.put(name, key.type));
    }
  }

  private static final Set<ConfigDef.Type> HARMLESS =
      Set.of(
          ConfigDef.Type.BOOLEAN,
          ConfigDef.Type.DOUBLE,
          ConfigDef.Type.INT,
          ConfigDef.Type.LONG,
          ConfigDef.Type.SHORT);

  private static final Pattern TEXTS =
      Pattern.compile(
          "client\\.(id|rack|dns\\.lookup)|group\\.(instance\\.id|protocol|remote\\.assignor)"
              + "|isolation\\.level|compression\\.type|metadata\\.recovery\\.strategy"
              + "|partition\\.assignment\\.strategy|metrics\\.recording\\.level"
              + "|security\\.protocol|sasl\\.(mechanism|jaas\\.config|kerberos\\.service\\.name)"
              + "|ssl\\.(protocol|enabled\\.protocols|cipher\\.suites|key\\.password"
              + "|(key|trust)store\\.[a-z.]+|endpoint\\.identification\\.algorithm)");

  private static final Set<String> ASSIGNORS =
      Set.of(
          "org.apache.kafka.clients.consumer.RangeAssignor",
          "org.apache.kafka.clients.consumer.RoundRobinAssignor",
          "org.apache.kafka.clients.consumer.StickyAssignor",
          "org.apache.kafka.clients.consumer.CooperativeStickyAssignor");

  private static final Set<String> LOGIN_MODULES =
      Set.of(
          "org.apache.kafka.common.security.plain.PlainLoginModule",
          "org.apache.kafka.common.security.scram.ScramLoginModule",
          "com.sun.security.auth.module.Krb5LoginModule");

  /** What stands at the beginning of each entry. */
  private static final Pattern LOGIN_MODULE = Pattern.compile("(?:^|;)\\s*([^\\s;]+)");

  private static final Pattern QUOTED =
      Pattern.compile("\"(\\\\.|[^\"\\\\])*\"|'(\\\\.|[^'\\\\])*'");

  private AllowedProperties() {}

  /**
   * @param path where it stands, for messages
   * @param value with secrets put in
   * @throws ConnectorException if it is not allowed; the message has no value in it
   */
  static void check(String path, String name, String value) {
    ConfigDef.Type type = KNOWN.get(name);
    if (type == null) {
      throw new ConnectorException(
          path,
          "Kafka's clients have no such property.",
          "See https://kafka.apache.org/documentation for their names.");
    }
    if (HARMLESS.contains(type)) {
      return;
    }
    if (!TEXTS.matcher(name).matches()) {
      throw new ConnectorException(
          path,
          "a configuration may not set this: it names code to load or an address to reach.",
          "Remove it.");
    }
    switch (name) {
      case "partition.assignment.strategy" -> {
        for (String assignor : value.split(",")) {
          if (!ASSIGNORS.contains(assignor.strip())) {
            throw new ConnectorException(
                path,
                "expected assignors of Kafka's own, found another class.",
                "Say one of " + ASSIGNORS.stream().sorted().toList() + ".");
          }
        }
      }
      case "ssl.endpoint.identification.algorithm" -> {
        if (!value.equalsIgnoreCase("https")) {
          throw new ConnectorException(
              path,
              "without https nobody looks whether the broker is who it says it is.",
              "Remove it, and put the broker's name into its certificate.");
        }
      }
      case "sasl.jaas.config" -> {
        Matcher modules = LOGIN_MODULE.matcher(unquoted(value));
        while (modules.find()) {
          if (!LOGIN_MODULES.contains(modules.group(1))) {
            throw new ConnectorException(
                path,
                "expected a login module that is known, found another class.",
                "Say one of " + LOGIN_MODULES.stream().sorted().toList() + ".");
          }
        }
      }
      default -> {}
    }
  }

  /** Without what is in quotes of either kind, where a password may have a semicolon. */
  private static String unquoted(String value) {
    return QUOTED.matcher(value).replaceAll("''");
  }
}
