package dev.millrace.connectors.kafka;

import dev.millrace.connectors.ConnectorException;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.consumer.NoOffsetForPartitionException;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnsupportedVersionException;

/** What Kafka's exceptions mean to the person who runs Millrace. */
final class Troubles {
  private Troubles() {}

  /** Whether trying again cannot help. */
  static boolean isFatal(RuntimeException e) {
    return e instanceof NoOffsetForPartitionException
        || e instanceof OffsetOutOfRangeException
        || e instanceof FencedInstanceIdException
        || e instanceof InvalidTopicException
        || e instanceof UnsupportedVersionException
        || e instanceof ConfigException
        || e instanceof ConnectorException
        || e instanceof IllegalStateException
        || e instanceof IllegalArgumentException
        || e instanceof NullPointerException;
  }

  static ConnectorException of(Throwable error, String bootstrapServers, SourceSettings settings) {
    if (error instanceof NoOffsetForPartitionException
        || error instanceof OffsetOutOfRangeException) {
      return new ConnectorException(
          settings.topic(),
          "group " + settings.group() + " has no valid offset to begin at.",
          "Say source.startFrom: earliest or latest, or set the group's offsets.",
          error);
    }
    return of(error, bootstrapServers);
  }

  static ConnectorException of(Throwable thrown, String bootstrapServers) {
    Throwable error =
        thrown instanceof ExecutionException && thrown.getCause() != null
            ? thrown.getCause()
            : thrown;
    if (error instanceof ConnectorException known) {
      return known;
    }
    if (error.getCause() instanceof ConfigException config) {
      error = config;
    }
    String said = sentence(error);
    if (error instanceof ConfigException) {
      return new ConnectorException(
          bootstrapServers,
          "Kafka refuses the configuration: " + said,
          "Correct bootstrapServers (host:port,host:port) or the property that is named.",
          error);
    }
    if (error instanceof ProducerFencedException
        || error instanceof InvalidProducerEpochException) {
      return new ConnectorException(
          bootstrapServers,
          "another producer has taken our place: " + said,
          "Give every instance of the group a sink.instance of its own.",
          error);
    }
    if (error instanceof SslAuthenticationException) {
      return new ConnectorException(
          bootstrapServers,
          "the TLS handshake failed: " + root(error),
          "Check ssl.truststore.* (who signed the broker's certificate) and that the address is a"
              + " name in it; with mutual TLS ssl.keystore.* as well.",
          error);
    }
    if (error instanceof AuthenticationException) {
      return new ConnectorException(
          bootstrapServers,
          "the broker does not accept who we are: " + said,
          "Check security.protocol and the sasl.* or ssl.* properties.",
          error);
    }
    if (error instanceof AuthorizationException) {
      return new ConnectorException(
          bootstrapServers,
          "the broker does not allow it: " + said,
          "Grant this user READ on the frames and the group, WRITE on events and dead letters.",
          error);
    }
    if (error instanceof TimeoutException) {
      return new ConnectorException(
          bootstrapServers,
          // What the client says when it gives up by itself tells nobody anything.
          said.startsWith("The AdminClient thread")
              ? "no broker answered in time."
              : "no broker answered in time: " + said,
          "Check the address, that a broker runs there, that it can be reached from here and that"
              + " security.protocol is what it speaks there.",
          error);
    }
    return new ConnectorException(
        bootstrapServers,
        "Kafka's client failed: " + error.getClass().getSimpleName() + ": " + said,
        "It is tried again where that can help; look at the brokers' log.",
        error);
  }

  /** What its innermost cause says: of TLS the outer ones only say that it failed. */
  private static String root(Throwable error) {
    Throwable root = error;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return sentence(root);
  }

  /** What the error says, with one full stop. */
  static String sentence(Throwable error) {
    String said = error.getMessage();
    if (said == null || said.isBlank()) {
      said = error.getClass().getSimpleName();
    }
    return said.strip().replaceFirst("\\.*$", ".");
  }
}
