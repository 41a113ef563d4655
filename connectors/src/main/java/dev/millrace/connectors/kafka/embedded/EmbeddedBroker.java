package dev.millrace.connectors.kafka.embedded;

import dev.millrace.connectors.ConnectorException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * One KRaft node, broker and controller, on loopback at free ports. Starts in about two seconds;
 * holds about 100 MB. Topics are created by whoever needs them, not by use.
 *
 * <pre>{@code
 * try (EmbeddedBroker broker = EmbeddedBroker.start()) {
 *   new KafkaEventReader(broker.bootstrapServers(), Map.of());
 * }
 * }</pre>
 */
public final class EmbeddedBroker implements AutoCloseable {
  private final Path folder;
  private final boolean temporary;
  private final AtomicBoolean closed = new AtomicBoolean();
  private Node node;

  private EmbeddedBroker(Path folder, boolean temporary, Map<String, String> properties) {
    this.folder = folder;
    this.temporary = temporary;
    this.node = Node.start(folder, properties);
  }

  /** With its data in a temporary folder that goes with it. */
  public static EmbeddedBroker start() {
    return start(null, Map.of());
  }

  /**
   * @param folder its data; used again if a broker has left some there; null for a temporary one
   * @param properties of the broker, in place of our own
   * @throws ConnectorException if the broker does not start
   */
  public static EmbeddedBroker start(@Nullable Path folder, Map<String, String> properties) {
    try {
      Path data = folder == null ? Files.createTempDirectory("millrace-broker") : folder;
      Files.createDirectories(data);
      return new EmbeddedBroker(data, folder == null, new HashMap<>(properties));
    } catch (IOException e) {
      throw new ConnectorException(
          String.valueOf(folder),
          "no folder for the broker's data.",
          "Name one that is writable.",
          e);
    }
  }

  /** {@code 127.0.0.1:port}. */
  public String bootstrapServers() {
    return "127.0.0.1:" + node.port();
  }

  /** Stops the broker; clients see an outage until {@link #resume()}. */
  public void halt() {
    node.stop();
  }

  /** Starts it again, at the same address with the same data. */
  public void resume() {
    node = Node.start(folder, node);
  }

  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    node.stop();
    if (temporary) {
      try {
        Folders.delete(folder);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
