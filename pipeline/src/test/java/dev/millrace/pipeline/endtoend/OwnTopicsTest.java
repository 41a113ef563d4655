package dev.millrace.pipeline.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.connectors.EventSink;
import dev.millrace.connectors.kafka.KafkaSinkConfig;
import dev.millrace.connectors.kafka.KafkaTopics;
import dev.millrace.pipeline.config.MillraceConfig;
import dev.millrace.pipeline.server.KafkaConnections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A broker that creates no topics by itself must not hold the events up. */
@ExtendWith(SharedBroker.class)
class OwnTopicsTest {

  @Test
  void theSinksTopicsAreCreatedWhereTheyAreMissing() {
    String brokers = SharedBroker.bootstrapServers();
    try (KafkaTopics topics = new KafkaTopics(brokers, Map.of())) {
      topics.create(List.of(new KafkaTopics.Topic("own-events", 2, 1)));
      assertThat(topics.names()).doesNotContain("own-letters");
      MillraceConfig config =
          new MillraceConfig(
              null,
              null,
              null,
              null,
              KafkaSinkConfig.of(brokers, "own-events", "own-letters"),
              null);
      try (EventSink sink = new KafkaConnections("nobody.invalid:1").sink(config)) {
        assertThat(topics.names()).contains("own-events", "own-letters");
        assertThat(sink.healthy()).isTrue();
      }
    }
  }
}
