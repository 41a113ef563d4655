package dev.millrace.connectors.kafka;

import dev.millrace.connectors.ConnectorContract;
import dev.millrace.connectors.Room;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.testcontainers.junit.jupiter.Container;
import org.testcontainers.junit.jupiter.Testcontainers;
import org.testcontainers.kafka.KafkaContainer;

/** The same against a broker in a container, where there is Docker. */
@Tag("slow")
@Testcontainers(disabledWithoutDocker = true)
class KafkaContainerContractTest extends ConnectorContract {
  @Container static final KafkaContainer KAFKA = new KafkaContainer("apache/kafka:4.1.0");

  @Override
  protected Room open() {
    return new KafkaRoom(KAFKA.getBootstrapServers(), Map.of());
  }
}
