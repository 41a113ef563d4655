package dev.millrace.connectors.kafka;

import dev.millrace.connectors.ConnectorException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** A {@link KafkaSourceConfig} with its defaults filled in. */
record SourceSettings(
    String topic,
    String group,
    String startFrom,
    boolean untilEnd,
    int maxFrames,
    long maxBytes,
    Duration commitInterval,
    int commitEvery,
    Duration drainTimeout,
    boolean transactional) {

  private static final long MEBIBYTE = 1 << 20;

  static SourceSettings of(KafkaSourceConfig config) {
    int maxFrames = Objects.requireNonNullElse(config.maxFramesInFlight(), 256);
    SourceSettings settings =
        new SourceSettings(
            Objects.requireNonNullElse(config.topic(), "frames"),
            Objects.requireNonNullElse(config.group(), "millrace"),
            Objects.requireNonNullElse(config.startFrom(), "earliest"),
            Boolean.TRUE.equals(config.untilEnd()),
            maxFrames,
            Objects.requireNonNullElse(config.maxBytesInFlight(), 128 * MEBIBYTE),
            Objects.requireNonNullElse(config.commitInterval(), Duration.ofSeconds(1)),
            // What is answered and not committed is answered again after a crash.
            Objects.requireNonNullElse(config.commitEvery(), Math.max(1, maxFrames / 2)),
            Objects.requireNonNullElse(config.drainTimeout(), Duration.ofSeconds(10)),
            false);
    return settings;
  }

  /** As this one, but the sink commits, and sooner: nobody sees an event before it has. */
  SourceSettings committedByTransactions(KafkaSourceConfig config) {
    return new SourceSettings(
        topic,
        group,
        startFrom,
        untilEnd,
        maxFrames,
        maxBytes,
        Objects.requireNonNullElse(config.commitInterval(), Duration.ofMillis(100)),
        commitEvery,
        drainTimeout,
        true);
  }

  /** Refuses what cannot work. */
  SourceSettings check() {
    atLeastOne("maxFramesInFlight", maxFrames);
    atLeastOne("maxBytesInFlight", maxBytes);
    atLeastOne("commitEvery", commitEvery);
    atLeastOne("commitInterval in milliseconds", commitInterval.toMillis());
    if (drainTimeout.isNegative()) {
      throw new ConnectorException(
          "source.drainTimeout", "it is negative: " + drainTimeout + ".", "Say PT10S, say.");
    }
    return this;
  }

  /** The consumer's properties. */
  Map<String, Object> consumerProperties(KafkaSourceConfig config) {
    Map<String, String> user = Objects.requireNonNullElse(config.properties(), Map.of());
    Map<String, Object> defaults = new HashMap<>();
    defaults.put(ConsumerConfig.CLIENT_ID_CONFIG, "millrace-source-" + group);
    defaults.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    defaults.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    // What one poll brings beyond the budget waits in memory: keep that small.
    defaults.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, Math.max(1, Math.min(32, maxFrames / 4)));
    int fetch = (int) Math.max(MEBIBYTE, Math.min(50 * MEBIBYTE, maxBytes));
    defaults.put(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, fetch);
    defaults.put(
        ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, (int) Math.min(8 * MEBIBYTE, fetch));
    if (!"consumer".equalsIgnoreCase(user.get(ConsumerConfig.GROUP_PROTOCOL_CONFIG))) {
      defaults.put(
          ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG,
          CooperativeStickyAssignor.class.getName());
    }
    Map<String, Object> owned = new HashMap<>();
    owned.put(ConsumerConfig.GROUP_ID_CONFIG, group);
    owned.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    owned.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, startFrom);
    owned.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
    owned.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
    if (transactional) {
      // Else offsets of a transaction that is still open would not be waited for.
      owned.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    }
    return ClientProperties.of("source", config.bootstrapServers(), defaults, user, owned);
  }

  private static void atLeastOne(String name, long value) {
    if (value < 1) {
      throw new ConnectorException(
          "source." + name, "it must be at least 1, found " + value + ".", "Raise it.");
    }
  }
}
