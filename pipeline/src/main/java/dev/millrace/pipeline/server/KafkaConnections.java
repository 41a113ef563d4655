package dev.millrace.pipeline.server;

import dev.millrace.connectors.EventSink;
import dev.millrace.connectors.FrameSource;
import dev.millrace.connectors.kafka.KafkaEventSink;
import dev.millrace.connectors.kafka.KafkaFrameSource;
import dev.millrace.connectors.kafka.KafkaSinkConfig;
import dev.millrace.connectors.kafka.KafkaSourceConfig;
import dev.millrace.connectors.kafka.KafkaTopics;
import dev.millrace.pipeline.config.MillraceConfig;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
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

  @Override
  public FrameSource source(MillraceConfig config) {
    KafkaSourceConfig source = config.source();
    return new KafkaFrameSource(
        source == null
            ? new KafkaSourceConfig(
                bootstrapServers, null, null, null, null, null, null, null, null, null, null)
            : source);
  }

  /** Topics that are not there are created: otherwise every event would wait for them for ever. */
  @Override
  public EventSink sink(MillraceConfig config) {
    KafkaSinkConfig named = config.sink();
    KafkaSinkConfig sink =
        named == null ? new KafkaSinkConfig(bootstrapServers, null, null, null, null, null) : named;
    try (KafkaTopics topics = new KafkaTopics(sink.bootstrapServers(), access(sink.properties()))) {
      Set<String> there = topics.names();
      List<KafkaTopics.Topic> missing =
          Stream.of(
                  new KafkaTopics.Topic(sink.eventsTopicOrDefault(), EVENT_PARTITIONS, 0),
                  deadLetters(sink.deadLetterTopicOrDefault(), config.pipeline().maxFrameBytes()))
              .filter(topic -> !there.contains(topic.name()))
              .toList();
      if (!missing.isEmpty()) {
        topics.create(missing);
        missing.forEach(topic -> log.info("created the topic {}", topic.name()));
      }
    }
    return new KafkaEventSink(sink);
  }

  /** Takes any frame that is not too large itself, with its key, its headers and the reason. */
  private static KafkaTopics.Topic deadLetters(String name, int maxFrameBytes) {
    long bytes = Math.min(Integer.MAX_VALUE, maxFrameBytes + HEADROOM);
    return new KafkaTopics.Topic(name, 1, 0, Map.of("max.message.bytes", Long.toString(bytes)));
  }

  /** What an admin client needs of a producer's properties to be let in. */
  private static Map<String, String> access(@Nullable Map<String, String> properties) {
    Map<String, String> access = new TreeMap<>();
    if (properties != null) {
      properties.forEach(
          (key, value) -> {
            if (key.startsWith("security.") || key.startsWith("ssl.") || key.startsWith("sasl.")) {
              access.put(key, value);
            }
          });
    }
    return access;
  }
}
