package dev.millrace.pipeline.server;

import dev.millrace.connectors.FrameSource;
import dev.millrace.connectors.kafka.ClientAccess;
import dev.millrace.connectors.kafka.KafkaEventSink;
import dev.millrace.connectors.kafka.KafkaExactlyOnce;
import dev.millrace.connectors.kafka.KafkaFrameSource;
import dev.millrace.connectors.kafka.KafkaSinkConfig;
import dev.millrace.connectors.kafka.KafkaSourceConfig;
import dev.millrace.connectors.kafka.KafkaTopics;
import dev.millrace.pipeline.config.DeliveryGuarantee;
import dev.millrace.pipeline.config.MillraceConfig;
import dev.millrace.pipeline.config.PipelineConfig;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The topics that a configuration names; where it names none, the usual ones on the brokers that a
 * command names.
 *
 * @param bootstrapServers brokers for a configuration without them, {@code host:port,host:port}
 */
public record KafkaConnections(String bootstrapServers) implements Connections {

  private static final Logger log = LoggerFactory.getLogger(KafkaConnections.class);
  private static final int EVENT_PARTITIONS = 4;
  private static final long HEADROOM = 64 << 10;

  /** Topics that are not there are created: otherwise every event would wait for them for ever. */
  @Override
  public Ends open(MillraceConfig config) {
    KafkaSourceConfig namedSource = config.source();
    KafkaSourceConfig source =
        namedSource == null
            ? new KafkaSourceConfig(
                bootstrapServers, null, null, null, null, null, null, null, null, null, null)
            : namedSource;
    KafkaSinkConfig namedSink = config.sink();
    KafkaSinkConfig sink =
        namedSink == null
            ? new KafkaSinkConfig(bootstrapServers, null, null, null, null, null, null)
            : namedSink;
    create(sink, config.pipeline().maxFrameBytes());
    return open(source, sink, config.pipeline());
  }

  /** Ends on topics that are there. */
  public static Ends open(KafkaSourceConfig source, KafkaSinkConfig sink, PipelineConfig pipeline) {
    if (pipeline.delivery() == DeliveryGuarantee.EXACTLY_ONCE) {
      KafkaExactlyOnce both = new KafkaExactlyOnce(source, sink, pipeline.lanes());
      return new Ends(both.source(), both.sink());
    }
    FrameSource frames = new KafkaFrameSource(source);
    try {
      return new Ends(frames, new KafkaEventSink(sink));
    } catch (RuntimeException e) {
      frames.close();
      throw e;
    }
  }

  private static void create(KafkaSinkConfig sink, int maxFrameBytes) {
    try (KafkaTopics topics =
        new KafkaTopics(sink.bootstrapServers(), ClientAccess.of(sink.properties()))) {
      Set<String> there = topics.names();
      List<KafkaTopics.Topic> missing =
          Stream.of(
                  new KafkaTopics.Topic(sink.eventsTopicOrDefault(), EVENT_PARTITIONS, 0),
                  deadLetters(sink.deadLetterTopicOrDefault(), maxFrameBytes))
              .filter(topic -> !there.contains(topic.name()))
              .toList();
      if (!missing.isEmpty()) {
        topics.create(missing);
        missing.forEach(topic -> log.info("created the topic {}", topic.name()));
      }
    }
  }

  /** Takes any frame that is not too large itself, with its key, its headers and the reason. */
  private static KafkaTopics.Topic deadLetters(String name, int maxFrameBytes) {
    long bytes = Math.min(Integer.MAX_VALUE, maxFrameBytes + HEADROOM);
    return new KafkaTopics.Topic(name, 1, 0, Map.of("max.message.bytes", Long.toString(bytes)));
  }
}
