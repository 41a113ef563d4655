package dev.millrace.pipeline.endtoend;

import static java.time.Instant.EPOCH;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.connectors.DeadLetterReason;
import dev.millrace.connectors.EventSink;
import dev.millrace.connectors.FramePosition;
import dev.millrace.connectors.FrameRecord;
import dev.millrace.connectors.FrameSource;
import dev.millrace.connectors.kafka.KafkaEventReader;
import dev.millrace.connectors.kafka.KafkaSinkConfig;
import dev.millrace.connectors.kafka.KafkaSourceConfig;
import dev.millrace.connectors.kafka.KafkaTopics;
import dev.millrace.connectors.kafka.ReadFrom;
import dev.millrace.pipeline.config.DeliveryGuarantee;
import dev.millrace.pipeline.config.MillraceConfig;
import dev.millrace.pipeline.config.PipelineConfig;
import dev.millrace.pipeline.server.Connections;
import dev.millrace.pipeline.server.KafkaConnections;
import java.time.Duration;
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
              new PipelineConfig(
                  8,
                  Duration.ZERO,
                  null,
                  1,
                  4 << 20,
                  40_000_000,
                  Duration.ofSeconds(30),
                  DeliveryGuarantee.AT_LEAST_ONCE),
              KafkaSourceConfig.of(brokers, "frames", "own"),
              KafkaSinkConfig.of(brokers, "own-events", "own-letters"),
              null,
              null);
      Connections.Ends ends = new KafkaConnections("nobody.invalid:1").open(config);
      try (FrameSource source = ends.source();
          EventSink sink = ends.sink()) {
        assertThat(source.framesInFlight()).isZero();
        assertThat(topics.names()).contains("own-events", "own-letters");
        FrameRecord frame =
            new FrameRecord(
                new FramePosition("frames", 0, 5), 1, "c", new byte[4 << 20], Map.of(), EPOCH);
        sink.deadLetter(frame, new DeadLetterReason(DeadLetterReason.UNDECODABLE, "Noise."))
            .block(Duration.ofSeconds(30));
        assertThat(sink.healthy()).isTrue();
        // The largest frame that is read at all fits, where Kafka's own limit is 1 MiB.
        assertThat(
                new KafkaEventReader(brokers, Map.of())
                    .deadLetters("own-letters", ReadFrom.BEGINNING_TO_END)
                    .blockFirst(Duration.ofSeconds(30))
                    .frame()
                    .value())
            .hasSize(4 << 20);
      }
    }
  }
}
