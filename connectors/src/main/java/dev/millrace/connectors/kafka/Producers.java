package dev.millrace.connectors.kafka;

import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Producers that lose nothing and keep the order of a key. */
final class Producers {
  private static final Map<String, Object> OWNED =
      Map.of(
          ProducerConfig.ACKS_CONFIG,
          "all",
          ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG,
          true,
          // More would overtake: a broker that knows nothing of this producer yet (a new partition)
          // takes any first sequence, and a first batch that is sent again is out of order for
          // ever.
          ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION,
          1,
          // An outage is waited out: giving up on one event would let later ones overtake it.
          ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG,
          Integer.MAX_VALUE,
          ProducerConfig.MAX_BLOCK_MS_CONFIG,
          (long) Integer.MAX_VALUE,
          ProducerConfig.RETRIES_CONFIG,
          Integer.MAX_VALUE,
          // A camera is in order only as long as its key decides on the partition.
          ProducerConfig.PARTITIONER_IGNORE_KEYS_CONFIG,
          false,
          ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG,
          ByteArraySerializer.class,
          ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG,
          ByteArraySerializer.class);

  /** What an instance that was killed and does not come back leaves open ends after this. */
  private static final long TRANSACTION_MILLIS = 20_000;

  private Producers() {}

  /**
   * @param where the part of the configuration, for messages
   */
  static Map<String, Object> properties(
      String where, String bootstrapServers, Map<String, String> user) {
    return properties(where, bootstrapServers, Map.of(), user, OWNED);
  }

  /** Of one whose transactional id is put in later. */
  static Map<String, Object> transactional(
      String where, String bootstrapServers, Map<String, String> user) {
    Map<String, Object> owned = new HashMap<>(OWNED);
    owned.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, "");
    // An outage ends the wait: whether a transaction was committed is then found out.
    owned.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, TRANSACTION_MILLIS);
    return properties(
        where,
        bootstrapServers,
        Map.of(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, (int) TRANSACTION_MILLIS),
        user,
        owned);
  }

  private static Map<String, Object> properties(
      String where,
      String bootstrapServers,
      Map<String, Object> more,
      Map<String, String> user,
      Map<String, Object> owned) {
    Map<String, Object> defaults = new HashMap<>(more);
    defaults.put(ProducerConfig.CLIENT_ID_CONFIG, "millrace-" + where);
    defaults.put(ProducerConfig.LINGER_MS_CONFIG, 1);
    defaults.put(ProducerConfig.BATCH_SIZE_CONFIG, 256 << 10); // a few frames, many events
    defaults.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, 32 << 20);
    defaults.put(ProducerConfig.BUFFER_MEMORY_CONFIG, 64L << 20);
    return ClientProperties.of(where, bootstrapServers, defaults, user, owned);
  }

  static Producer<byte[], byte[]> open(String bootstrapServers, Map<String, Object> properties) {
    try {
      return new KafkaProducer<>(properties);
    } catch (KafkaException e) {
      throw Troubles.of(e, bootstrapServers);
    }
  }
}
