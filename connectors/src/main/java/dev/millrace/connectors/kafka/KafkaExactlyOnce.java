package dev.millrace.connectors.kafka;

import dev.millrace.connectors.ConnectorException;
import dev.millrace.connectors.EventSink;
import dev.millrace.connectors.FrameSource;

/**
 * A source and a sink that answer every frame exactly once, as seen by whoever reads committed
 * records: an event or a dead letter and the offset of its frame are committed together or not at
 * all, also when an instance is killed, paused, or loses partitions in between.
 *
 * <p>Both must be on the same brokers. Close the sink before the source.
 */
public final class KafkaExactlyOnce {
  private final KafkaFrameSource source;
  private final KafkaTransactionalSink sink;

  /**
   * @param lanes partitions whose number modulo this is equal share a producer; at least 1
   * @throws ConnectorException if the configuration cannot work; an unreachable broker is no reason
   */
  public KafkaExactlyOnce(KafkaSourceConfig from, KafkaSinkConfig to, int lanes) {
    if (!from.bootstrapServers().equals(to.bootstrapServers())) {
      throw new ConnectorException(
          "sink.bootstrapServers",
          "exactly-once needs frames and events on the same brokers, found "
              + to.bootstrapServers()
              + " and, of the source, "
              + from.bootstrapServers()
              + ".",
          "Name the same, or leave pipeline.delivery at at-least-once.");
    }
    this.source = KafkaFrameSource.transactional(from);
    try {
      this.sink =
          new KafkaTransactionalSink(
              to, source.settings(), source.ownership(), source::reread, lanes);
    } catch (RuntimeException e) {
      source.close();
      throw e;
    }
  }

  /** Commits nothing itself. */
  public FrameSource source() {
    return source;
  }

  /** Takes answers to frames of {@link #source()} only. */
  public EventSink sink() {
    return sink;
  }
}
