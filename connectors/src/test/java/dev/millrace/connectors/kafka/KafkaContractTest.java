package dev.millrace.connectors.kafka;

import dev.millrace.connectors.ConnectorContract;
import dev.millrace.connectors.Room;
import java.util.Map;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SharedBroker.class)
class KafkaContractTest extends ConnectorContract {
  @Override
  protected Room open() {
    return new KafkaRoom(SharedBroker.bootstrapServers(), Map.of());
  }
}
