package dev.millrace.pipeline.cli;

import dev.millrace.connectors.kafka.ClientAccess;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which cluster, and how one is let in, for commands that read no configuration. */
final class ClusterOptions {

  @Option(
      names = "--bootstrap",
      paramLabel = "HOST:PORT",
      defaultValue = "${env:MILLRACE_BOOTSTRAP:-localhost:9092}",
      description = "Kafka's brokers; default: MILLRACE_BOOTSTRAP, else localhost:9092")
  String bootstrap = "";

  @Option(
      names = "--command-config",
      paramLabel = "FILE",
      description =
          "A file of properties that let a client in, security.*, sasl.* and ssl.*, as Kafka's own"
              + " tools read it (docs/security.md)")
  @Nullable Path commandConfig;

  private @Nullable Map<String, String> properties;

  /**
   * @throws dev.millrace.connectors.ConnectorException if the file holds what is not allowed
   */
  Map<String, String> properties() {
    if (properties == null) {
      properties = commandConfig == null ? Map.of() : ClientAccess.read(commandConfig);
    }
    return properties;
  }
}
