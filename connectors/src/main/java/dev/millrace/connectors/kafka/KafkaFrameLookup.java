package dev.millrace.connectors.kafka;

import dev.millrace.connectors.FramePosition;
import dev.millrace.connectors.FrameRecord;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Finds frames by their position, as events name them. Quick where a partition is asked for in
 * rising offsets, which is how events come. For one thread.
 */
public final class KafkaFrameLookup implements AutoCloseable {
  private static final int AHEAD = 16;

  private final String bootstrapServers;
  private final Consumer<byte[], byte[]> consumer;
  private final Map<TopicPartition, TreeMap<Long, FrameRecord>> ahead = new HashMap<>();

  /**
   * @param properties of a Kafka consumer
   */
  public KafkaFrameLookup(String bootstrapServers, Map<String, String> properties) {
    this.bootstrapServers = bootstrapServers;
    try {
      this.consumer =
          new KafkaConsumer<>(
              ClientProperties.of(
                  "reader",
                  bootstrapServers,
                  Map.of(
                      ConsumerConfig.CLIENT_ID_CONFIG,
                      "millrace-frame-lookup",
                      ConsumerConfig.MAX_POLL_RECORDS_CONFIG,
                      AHEAD),
                  properties,
                  Map.of(
                      ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                      false,
                      ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG,
                      false,
                      ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                      "none",
                      ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG,
                      ByteArrayDeserializer.class,
                      ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG,
                      ByteArrayDeserializer.class)));
    } catch (KafkaException e) {
      throw Troubles.of(e, bootstrapServers);
    }
  }

  /**
   * @return the frame under epoch 0; empty if it is not there any more, or not within {@code
   *     patience}
   */
  public Optional<FrameRecord> find(FramePosition position, Duration patience) {
    TopicPartition partition = new TopicPartition(position.topic(), position.partition());
    TreeMap<Long, FrameRecord> known = ahead.computeIfAbsent(partition, p -> new TreeMap<>());
    known.headMap(position.offset()).clear();
    if (!known.containsKey(position.offset())) {
      known.clear();
      read(partition, position.offset(), known, System.nanoTime() + patience.toNanos());
    }
    return Optional.ofNullable(known.get(position.offset()));
  }

  private void read(
      TopicPartition partition, long offset, TreeMap<Long, FrameRecord> known, long deadline) {
    try {
      consumer.assign(List.of(partition));
      consumer.seek(partition, offset);
      while (known.isEmpty() && System.nanoTime() < deadline) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(200))) {
          known.put(record.offset(), Frames.frame(record, 0));
        }
      }
    } catch (OffsetOutOfRangeException e) {
      known.clear(); // its retention is over
    } catch (KafkaException e) {
      throw Troubles.of(e, bootstrapServers);
    }
  }

  @Override
  public void close() {
    consumer.close(CloseOptions.timeout(Duration.ofSeconds(2)));
  }
}
