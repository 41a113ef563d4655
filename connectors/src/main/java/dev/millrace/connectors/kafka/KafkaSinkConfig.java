package dev.millrace.connectors.kafka;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Where events and dead letters go. */
public record KafkaSinkConfig(
    @JsonPropertyDescription("Addresses of Kafka brokers, host:port,host:port")
        String bootstrapServers,
    @JsonPropertyDescription("Topic of the detection events, default events")
        @Nullable String eventsTopic,
    @JsonPropertyDescription(
            "Topic of the frames that could not be processed, default frames-dead-letters; its max.message.bytes should be that of the frames")
        @Nullable String deadLetterTopic,
    @JsonPropertyDescription("CloudEvents source of the events, a URI reference, default /millrace")
        @Nullable String eventSource,
    @JsonPropertyDescription("How long unsent events are waited for at the end, default PT10S")
        @Nullable Duration drainTimeout,
    @JsonPropertyDescription(
            "With exactly-once: what this instance is called, the same after a restart and like no other's of its group; default the host's name and a number that is free there")
        @Nullable String instance,
    @JsonPropertyDescription(
            "Properties of a Kafka producer, but for those that name code or addresses; ${env:NAME} and ${file:/path} are replaced at the start and never shown")
        @Nullable Map<String, String> properties) {

  public KafkaSinkConfig {
    properties = properties == null ? Map.of() : Map.copyOf(properties);
  }

  /** The topic of the events. */
  public String eventsTopicOrDefault() {
    return eventsTopic == null ? "events" : eventsTopic;
  }

  /** The topic of the dead letters. */
  public String deadLetterTopicOrDefault() {
    return deadLetterTopic == null ? "frames-dead-letters" : deadLetterTopic;
  }

  /** Everything else as by default. */
  public static KafkaSinkConfig of(
      String bootstrapServers, String eventsTopic, String deadLetterTopic) {
    return new KafkaSinkConfig(
        bootstrapServers, eventsTopic, deadLetterTopic, null, null, null, null);
  }

  /** As this one, but with these properties of the producer in place of its own. */
  public KafkaSinkConfig withProperties(Map<String, String> properties) {
    return new KafkaSinkConfig(
        bootstrapServers,
        eventsTopic,
        deadLetterTopic,
        eventSource,
        drainTimeout,
        instance,
        properties);
  }

  /** Secrets are masked. */
  @Override
  public String toString() {
    return "KafkaSinkConfig[bootstrapServers="
        + bootstrapServers
        + ", "
        + SinkSettings.of(this)
        + ", properties="
        + Secrets.masked(properties == null ? Map.of() : properties)
        + "]";
  }
}
