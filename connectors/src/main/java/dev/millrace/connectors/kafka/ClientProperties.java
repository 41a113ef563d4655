package dev.millrace.connectors.kafka;

import dev.millrace.connectors.ConnectorException;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.CommonClientConfigs;

/** What a Kafka client is made from: our defaults, the user's properties, what we insist on. */
final class ClientProperties {
  private static final Set<String> OWNED_BY_ALL =
      Set.of(
          CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG,
          "key.serializer",
          "value.serializer",
          "key.deserializer",
          "value.deserializer",
          "partitioner.class", // keys decide: a camera is in order in one partition
          "config.providers");

  static {
    // Kafka would otherwise resolve ${...} itself, with any class and any file it is told.
    System.setProperty("org.apache.kafka.automatic.config.providers", "none");
  }

  private ClientProperties() {}

  /**
   * @param where the part of the configuration, for messages
   * @param defaults what a user's property may replace
   * @param user properties of a Kafka client, with references to secrets; those that {@link
   *     AllowedProperties} lets pass
   * @param owned what no user's property may replace
   */
  static Map<String, Object> of(
      String where,
      String bootstrapServers,
      Map<String, Object> defaults,
      Map<String, String> user,
      Map<String, Object> owned) {
    Map<String, Object> properties = new HashMap<>(defaults);
    user.forEach(
        (name, value) -> {
          String path = where + ".properties." + name;
          if (owned.containsKey(name)
              || OWNED_BY_ALL.contains(name)
              || name.startsWith("config.providers.")) {
            throw new ConnectorException(
                path,
                "this property belongs to Millrace.",
                name.equals(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG)
                    ? "Say " + where + ".bootstrapServers instead."
                    : "Remove it; what can be chosen here has a key of its own.");
          }
          String resolved = Secrets.resolve(path, value);
          AllowedProperties.check(path, name, resolved);
          properties.put(name, resolved);
        });
    properties.putAll(owned);
    properties.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
    return properties;
  }
}
