package dev.millrace.connectors.kafka;

import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SharedBroker.class)
class KafkaExactlyOnceTest extends ExactlyOnceContract {
  @Override
  String bootstrapServers() {
    return SharedBroker.bootstrapServers();
  }
}
