package dev.millrace.connectors.kafka;

import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;

/** The same with Kafka's newer group protocol. */
@Tag("slow")
@ExtendWith(SharedBroker.class)
class KafkaConsumerProtocolExactlyOnceTest extends ExactlyOnceContract {
  @Override
  String bootstrapServers() {
    return SharedBroker.bootstrapServers();
  }

  @Override
  Map<String, String> properties() {
    return Map.of("group.protocol", "consumer");
  }
}
