package dev.millrace.pipeline.endtoend;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.connectors.FramePosition;
import dev.millrace.connectors.kafka.KafkaEventReader;
import dev.millrace.connectors.kafka.KafkaTopics;
import dev.millrace.connectors.kafka.ReadFrom;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Topics and a group of its own on some broker, and what arrives there. */
final class Room implements AutoCloseable {
  static final int PARTITIONS = 2;
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private final String bootstrapServers;
  private final String name;
  private final KafkaProducer<byte[], byte[]> producer;
  private final KafkaEventReader reader;
  private final List<SeenEvent> events = new CopyOnWriteArrayList<>();
  private final AtomicReference<Throwable> broken = new AtomicReference<>();
  private final Disposable listening;

  Room(String bootstrapServers, String name) {
    this.bootstrapServers = bootstrapServers;
    this.name = name;
    try (KafkaTopics topics = new KafkaTopics(bootstrapServers, Map.of())) {
      topics.create(
          List.of(
              new KafkaTopics.Topic(framesTopic(), PARTITIONS, 1),
              new KafkaTopics.Topic(eventsTopic(), PARTITIONS, 1),
              new KafkaTopics.Topic(lettersTopic(), 1, 1)));
    }
    producer =
        new KafkaProducer<>(
            Map.of(
                "bootstrap.servers",
                bootstrapServers,
                "acks",
                "all",
                // The topic is new: see Producers in connectors.
                "max.in.flight.requests.per.connection",
                1),
            new ByteArraySerializer(),
            new ByteArraySerializer());
    reader = new KafkaEventReader(bootstrapServers, Map.of());
    listening =
        reader
            .frames(eventsTopic(), ReadFrom.BEGINNING)
            .map(SeenEvent::of)
            .subscribe(events::add, broken::set);
  }

  String framesTopic() {
    return name + "-frames";
  }

  private String eventsTopic() {
    return name + "-events";
  }

  private String lettersTopic() {
    return name + "-letters";
  }

  private String group() {
    return name + "-group";
  }

  /** The sections of a configuration that name all this. */
  String sections(int maxFramesInFlight) {
    return """
        source:
          bootstrapServers: "%1$s"
          topic: %2$s-frames
          group: %2$s-group
          maxFramesInFlight: %3$d
        sink:
          bootstrapServers: "%1$s"
          eventsTopic: %2$s-events
          deadLetterTopic: %2$s-letters
        console: {port: 0}
        """
        .formatted(bootstrapServers, name, maxFramesInFlight);
  }

  /** Sends them, each camera to its partition, and waits until all are safe on the topic. */
  List<FramePosition> publish(List<Shot> shots) {
    return Objects.requireNonNull(
        Flux.fromIterable(shots).flatMapSequential(this::send, 256).collectList().block(PATIENCE));
  }

  private Mono<FramePosition> send(Shot shot) {
    int partition = Street.CAMERAS.indexOf(shot.camera());
    ProducerRecord<byte[], byte[]> record =
        new ProducerRecord<>(
            framesTopic(),
            partition,
            shot.capturedAt().toEpochMilli(),
            shot.camera().getBytes(UTF_8),
            shot.value());
    shot.headers().forEach((key, text) -> record.headers().add(key, text.getBytes(UTF_8)));
    return Mono.create(
        sink ->
            producer.send(
                record,
                (metadata, error) -> {
                  if (error != null) {
                    sink.error(error);
                  } else {
                    sink.success(
                        new FramePosition(
                            metadata.topic(), metadata.partition(), metadata.offset()));
                  }
                }));
  }

  /** What has arrived so far; of one camera in the order of its partition. */
  List<SeenEvent> events() {
    Throwable reason = broken.get();
    if (reason != null) {
      throw new AssertionError("the events cannot be read", reason);
    }
    return List.copyOf(events);
  }

  /** All that is on the topic now. */
  List<SeenEvent> allEvents() {
    return Objects.requireNonNull(
        reader
            .frames(eventsTopic(), ReadFrom.BEGINNING_TO_END)
            .map(SeenEvent::of)
            .collectList()
            .block(PATIENCE));
  }

  void awaitEvents(int count) {
    Await.until(count + " events", () -> events().size() >= count, () -> events().size());
  }

  List<KafkaEventReader.DeadLetter> letters() {
    return Objects.requireNonNull(
        reader
            .deadLetters(lettersTopic(), ReadFrom.BEGINNING_TO_END)
            .collectList()
            .block(PATIENCE));
  }

  /** The next offset that the group would read, by partition. */
  Map<Integer, Long> committed() {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
      Map<Integer, Long> offsets = new TreeMap<>();
      admin
          .listConsumerGroupOffsets(group())
          .partitionsToOffsetAndMetadata()
          .get()
          .forEach((partition, offset) -> offsets.put(partition.partition(), offset.offset()));
      return offsets;
    } catch (ExecutionException e) {
      throw new AssertionError("the committed offsets cannot be read", e.getCause());
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() {
    listening.dispose();
    producer.close(Duration.ofSeconds(5));
  }
}
