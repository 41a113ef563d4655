package dev.millrace.connectors.kafka;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Where frames are read from, and how many may be under way. */
public record KafkaSourceConfig(
    @JsonPropertyDescription("Addresses of Kafka brokers, host:port,host:port")
        String bootstrapServers,
    @JsonPropertyDescription("Topic of the frames, default frames") @Nullable String topic,
    @JsonPropertyDescription(
            "Consumer group: instances of one group share the partitions, default millrace")
        @Nullable String group,
    @JsonPropertyDescription(
            "Where a group begins at partitions without a committed offset: earliest (default), latest, none (refuse), or by_duration:PT1H")
        @Nullable String startFrom,
    @JsonPropertyDescription(
            "Whether to end at the offsets that were the last at the start, default false")
        @Nullable Boolean untilEnd,
    @JsonPropertyDescription(
            "Frames read and not yet acknowledged at which reading pauses, default 256; it goes on at half")
        @Nullable Integer maxFramesInFlight,
    @JsonPropertyDescription(
            "Bytes read and not yet acknowledged at which reading pauses, default 134217728; it goes on at half")
        @Nullable Long maxBytesInFlight,
    @JsonPropertyDescription(
            "Time between commits of offsets, default PT1S; with exactly-once between transactions, default PT0.1S")
        @Nullable Duration commitInterval,
    @JsonPropertyDescription(
            "Acknowledged frames after which offsets are committed without waiting for the interval, default half of maxFramesInFlight")
        @Nullable Integer commitEvery,
    @JsonPropertyDescription(
            "How long frames in flight are waited for when a partition is taken away and at the end, default PT10S; shorter than max.poll.interval.ms")
        @Nullable Duration drainTimeout,
    @JsonPropertyDescription(
            "Properties of a Kafka consumer, but for those that name code or addresses; ${env:NAME} and ${file:/path} are replaced at the start and never shown")
        @Nullable Map<String, String> properties) {

  public KafkaSourceConfig {
    properties = properties == null ? Map.of() : Map.copyOf(properties);
  }

  /** Everything else as by default. */
  public static KafkaSourceConfig of(String bootstrapServers, String topic, String group) {
    return new KafkaSourceConfig(
        bootstrapServers, topic, group, null, null, null, null, null, null, null, null);
  }

  /** As this one, but ending at the offsets that are the last at the start. */
  public KafkaSourceConfig bounded() {
    return new KafkaSourceConfig(
        bootstrapServers,
        topic,
        group,
        startFrom,
        true,
        maxFramesInFlight,
        maxBytesInFlight,
        commitInterval,
        commitEvery,
        drainTimeout,
        properties);
  }

  /** As this one, but with another budget. */
  public KafkaSourceConfig withBudget(int frames, long bytes) {
    return new KafkaSourceConfig(
        bootstrapServers,
        topic,
        group,
        startFrom,
        untilEnd,
        frames,
        bytes,
        commitInterval,
        commitEvery,
        drainTimeout,
        properties);
  }

  /** As this one, but with these times. */
  public KafkaSourceConfig withTimes(Duration commitInterval, Duration drainTimeout) {
    return new KafkaSourceConfig(
        bootstrapServers,
        topic,
        group,
        startFrom,
        untilEnd,
        maxFramesInFlight,
        maxBytesInFlight,
        commitInterval,
        commitEvery,
        drainTimeout,
        properties);
  }

  /** As this one, but with these properties of the consumer in place of its own. */
  public KafkaSourceConfig withProperties(Map<String, String> properties) {
    return new KafkaSourceConfig(
        bootstrapServers,
        topic,
        group,
        startFrom,
        untilEnd,
        maxFramesInFlight,
        maxBytesInFlight,
        commitInterval,
        commitEvery,
        drainTimeout,
        properties);
  }

  /** Secrets are masked. */
  @Override
  public String toString() {
    return "KafkaSourceConfig[bootstrapServers="
        + bootstrapServers
        + ", "
        + SourceSettings.of(this)
        + ", properties="
        + Secrets.masked(properties == null ? Map.of() : properties)
        + "]";
  }
}
