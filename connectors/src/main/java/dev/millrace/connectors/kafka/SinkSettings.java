package dev.millrace.connectors.kafka;

import dev.millrace.connectors.ConnectorException;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;

/** A {@link KafkaSinkConfig} with its defaults filled in. */
record SinkSettings(
    String eventsTopic, String deadLetterTopic, String eventSource, Duration drainTimeout) {

  static SinkSettings of(KafkaSinkConfig config) {
    return new SinkSettings(
        config.eventsTopicOrDefault(),
        config.deadLetterTopicOrDefault(),
        Objects.requireNonNullElse(config.eventSource(), "/millrace"),
        Objects.requireNonNullElse(config.drainTimeout(), Duration.ofSeconds(10)));
  }

  /** The CloudEvents source. */
  URI sourceUri() {
    try {
      return URI.create(eventSource);
    } catch (IllegalArgumentException e) {
      throw new ConnectorException(
          "sink.eventSource",
          "expected a URI reference, found '" + eventSource + "'.",
          "Say /millrace or https://example.com/site-1, say.",
          e);
    }
  }

  /** For a producer whose transactional id is still to be put in. */
  static Map<String, Object> transactionalProperties(KafkaSinkConfig config) {
    return Producers.transactional(
        "sink",
        config.bootstrapServers(),
        Objects.requireNonNullElse(config.properties(), Map.of()));
  }

  static Map<String, Object> producerProperties(KafkaSinkConfig config) {
    return Producers.properties(
        "sink",
        config.bootstrapServers(),
        Objects.requireNonNullElse(config.properties(), Map.of()));
  }
}
