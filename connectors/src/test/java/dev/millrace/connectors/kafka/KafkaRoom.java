package dev.millrace.connectors.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.connectors.DetectionEvent;
import dev.millrace.connectors.EventSink;
import dev.millrace.connectors.FramePosition;
import dev.millrace.connectors.FrameSource;
import dev.millrace.connectors.Room;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Topics and a group of its own on some broker. */
final class KafkaRoom implements Room {
  final String id = UUID.randomUUID().toString().substring(0, 8);
  final String topic = "frames-" + id;
  final String eventsTopic = "events-" + id;
  final String lettersTopic = "letters-" + id;
  final String bootstrapServers;
  private final Map<String, String> properties;
  private final KafkaProducer<byte[], byte[]> producer;
  private final Admin admin;
  private final List<KafkaConsumer<byte[], byte[]>> consumers = new ArrayList<>();

  KafkaRoom(String bootstrapServers, Map<String, String> properties) {
    this.bootstrapServers = bootstrapServers;
    this.properties = properties;
    this.producer =
        new KafkaProducer<>(
            Map.of(
                "bootstrap.servers",
                bootstrapServers,
                "acks",
                "all",
                // The topic is new: see Producers.
                "max.in.flight.requests.per.connection",
                1),
            new ByteArraySerializer(),
            new ByteArraySerializer());
    this.admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers));
    try (KafkaTopics topics = new KafkaTopics(bootstrapServers, Map.of())) {
      topics.create(
          List.of(
              new KafkaTopics.Topic(topic, PARTITIONS, 1),
              new KafkaTopics.Topic(eventsTopic, 2, 1),
              new KafkaTopics.Topic(lettersTopic, 1, 1)));
    }
  }

  KafkaSourceConfig config(int maxFrames, long maxBytes) {
    return KafkaSourceConfig.of(bootstrapServers, topic, "group-" + id)
        .withBudget(maxFrames, maxBytes)
        .withTimes(Duration.ofMillis(20), Duration.ofMillis(700))
        .withProperties(properties);
  }

  @Override
  public FramePosition publish(
      int partition, String camera, byte[] value, Instant capturedAt, Map<String, String> headers) {
    ProducerRecord<byte[], byte[]> record =
        new ProducerRecord<>(
            topic,
            partition,
            capturedAt.toEpochMilli(),
            camera.isEmpty() ? null : camera.getBytes(UTF_8),
            value.length == 0 ? null : value);
    headers.forEach((name, text) -> record.headers().add(name, text.getBytes(UTF_8)));
    try {
      return new FramePosition(topic, partition, producer.send(record).get().offset());
    } catch (ExecutionException e) {
      throw new CompletionException(e.getCause());
    } catch (InterruptedException e) {
      throw new CompletionException(e);
    }
  }

  @Override
  public FrameSource source(int maxFrames, long maxBytes) {
    KafkaSourceConfig config = config(maxFrames, maxBytes);
    return new KafkaFrameSource(
        config,
        () -> {
          KafkaConsumer<byte[], byte[]> consumer =
              new KafkaConsumer<>(SourceSettings.of(config).consumerProperties(config));
          consumers.add(consumer);
          return consumer;
        });
  }

  @Override
  public void crash(FrameSource source) {
    source.close(); // nobody acknowledges any more, so nothing is committed
  }

  @Override
  public long committed(int partition) {
    try {
      OffsetAndMetadata offset =
          admin
              .listConsumerGroupOffsets("group-" + id)
              .partitionsToOffsetAndMetadata()
              .get()
              .get(new TopicPartition(topic, partition));
      return offset == null ? 0 : offset.offset();
    } catch (ExecutionException e) {
      return 0; // the group does not exist yet
    } catch (InterruptedException e) {
      throw new CompletionException(e);
    }
  }

  @Override
  public EventSink sink() {
    return new KafkaEventSink(KafkaSinkConfig.of(bootstrapServers, eventsTopic, lettersTopic));
  }

  KafkaEventReader reader() {
    return new KafkaEventReader(bootstrapServers, Map.of());
  }

  @Override
  public List<DetectionEvent> events() {
    return Objects.requireNonNull(
        reader()
            .events(eventsTopic, ReadFrom.BEGINNING_TO_END)
            .map(KafkaEventReader.Event::event)
            .collectList()
            .block(Duration.ofSeconds(30)));
  }

  @Override
  public List<Letter> letters() {
    return Objects.requireNonNull(
        reader()
            .deadLetters(lettersTopic, ReadFrom.BEGINNING_TO_END)
            .map(
                letter ->
                    new Letter(
                        letter.frame().camera(),
                        letter.frame().value(),
                        letter.frame().headers(),
                        letter.frame().position(),
                        letter.reason(),
                        letter.frame().capturedAt()))
            .collectList()
            .block(Duration.ofSeconds(30)));
  }

  @Override
  public void close() {
    producer.close(Duration.ofSeconds(1));
    admin.close(Duration.ofSeconds(1));
    for (KafkaConsumer<byte[], byte[]> consumer : consumers) {
      consumer.close(CloseOptions.timeout(Duration.ofSeconds(1)));
    }
  }
}
