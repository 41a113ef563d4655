package dev.millrace.connectors.kafka;

import dev.millrace.connectors.ConnectorContract;
import dev.millrace.connectors.Room;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;

/** The same with Kafka's newer group protocol, chosen by a property. */
@Tag("slow")
@ExtendWith(SharedBroker.class)
class KafkaConsumerProtocolContractTest extends ConnectorContract {
  @Override
  protected Room open() {
    return new KafkaRoom(SharedBroker.bootstrapServers(), Map.of("group.protocol", "consumer"));
  }
}
