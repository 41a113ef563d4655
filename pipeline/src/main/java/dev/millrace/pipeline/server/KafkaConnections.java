package dev.millrace.pipeline.server;

import dev.millrace.connectors.EventSink;
import dev.millrace.connectors.FrameSource;
import dev.millrace.connectors.kafka.KafkaEventSink;
import dev.millrace.connectors.kafka.KafkaFrameSource;
import dev.millrace.connectors.kafka.KafkaSinkConfig;
import dev.millrace.connectors.kafka.KafkaSourceConfig;
import dev.millrace.pipeline.config.MillraceConfig;

/**
 * The topics that a configuration names; where it names none, the usual ones on the brokers that a
 * command names.
 *
 * @param bootstrapServers brokers for a configuration without them, {@code host:port,host:port}
 */
public record KafkaConnections(String bootstrapServers) implements Connections {

  @Override
  public FrameSource source(MillraceConfig config) {
    KafkaSourceConfig source = config.source();
    return new KafkaFrameSource(
        source == null
            ? new KafkaSourceConfig(
                bootstrapServers, null, null, null, null, null, null, null, null, null, null)
            : source);
  }

  @Override
  public EventSink sink(MillraceConfig config) {
    KafkaSinkConfig sink = config.sink();
    return new KafkaEventSink(
        sink == null ? new KafkaSinkConfig(bootstrapServers, null, null, null, null, null) : sink);
  }
}
