package dev.millrace.connectors.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.millrace.connectors.ConnectorException;
import java.util.Map;
import org.junit.jupiter.api.Test;

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
  void aUserCannotLoosenThem() {
    assertThatExceptionOfType(ConnectorException.class)
        .isThrownBy(
            () ->
                Producers.properties(
                    "sink", "localhost:9092", Map.of("max.in.flight.requests.per.connection", "5")))
        .withMessageContaining("max.in.flight.requests.per.connection");
  }
}
