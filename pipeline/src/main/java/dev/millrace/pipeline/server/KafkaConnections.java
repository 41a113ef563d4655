package dev.millrace.pipeline.server;

import dev.millrace.connectors.EventSink;
import dev.millrace.connectors.FrameSource;
import dev.millrace.connectors.kafka.KafkaEventSink;
import dev.millrace.connectors.kafka.KafkaFrameSource;
import dev.millrace.pipeline.config.MillraceConfig;

/** The topics that a configuration names. */
public final class KafkaConnections implements Connections {

  @Override
  public FrameSource source(MillraceConfig config) {
    return new KafkaFrameSource(config.source());
  }

  @Override
  public EventSink sink(MillraceConfig config) {
    return new KafkaEventSink(config.sink());
  }
}
