package dev.millrace.connectors.kafka;

import org.junit.jupiter.api.Tag;
import org.testcontainers.junit.jupiter.Container;
import org.testcontainers.junit.jupiter.Testcontainers;
import org.testcontainers.kafka.KafkaContainer;

/** The same against a broker in a container, where there is Docker. */
@Tag("slow")
@Testcontainers(disabledWithoutDocker = true)
class KafkaContainerExactlyOnceTest extends ExactlyOnceContract {
  @Container static final KafkaContainer KAFKA = new KafkaContainer("apache/kafka:4.1.0");

  @Override
  String bootstrapServers() {
    return KAFKA.getBootstrapServers();
  }
}
