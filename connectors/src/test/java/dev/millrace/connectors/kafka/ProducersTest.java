package dev.millrace.connectors.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.millrace.connectors.ConnectorException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What order and safety rest on cannot be configured away. */
class ProducersTest {

  @Test
  void oneRequestInFlightKeepsOrderAlsoOnANewPartition() {
    assertThat(Producers.properties("sink", "localhost:9092", Map.of()))
        .containsEntry("max.in.flight.requests.per.connection", 1)
        .containsEntry("enable.idempotence", true)
        .containsEntry("acks", "all");
  }

  @Test
  void anOutageIsWaitedOutHoweverLongItIs() {
    assertThat(Producers.properties("sink", "localhost:9092", Map.of()))
        .containsEntry("delivery.timeout.ms", Integer.MAX_VALUE)
        .containsEntry("max.block.ms", (long) Integer.MAX_VALUE)
        .containsEntry("retries", Integer.MAX_VALUE);
  }

  @ParameterizedTest
  @CsvSource({
    "max.in.flight.requests.per.connection, 5",
    "acks, 1",
    "delivery.timeout.ms, 120000",
    "max.block.ms, 60000",
    "retries, 3",
    "partitioner.class, org.apache.kafka.clients.producer.RoundRobinPartitioner",
    "partitioner.ignore.keys, true"
  })
  void aUserCannotLoosenThem(String property, String value) {
    assertThatExceptionOfType(ConnectorException.class)
        .isThrownBy(() -> Producers.properties("sink", "localhost:9092", Map.of(property, value)))
        .withMessageContaining("sink.properties." + property);
  }
}
