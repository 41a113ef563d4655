package dev.millrace.connectors.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.connectors.ConnectorException;
import dev.millrace.connectors.FramePosition;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * Sends frames to a topic: key = camera, record timestamp = time of capture. Frames of one camera
 * stay in the order of the calls. Thread-safe.
 */
public final class KafkaFramePublisher implements AutoCloseable {
  private final String topic;
  private final Sending sending;

  /**
   * @param properties of a Kafka producer
   * @throws ConnectorException if the configuration cannot work; an unreachable broker is no reason
   */
  public KafkaFramePublisher(
      String bootstrapServers, String topic, Map<String, String> properties) {
    this.topic = topic;
    this.sending =
        new Sending(
            Producers.open(
                bootstrapServers, Producers.properties("publisher", bootstrapServers, properties)),
            bootstrapServers,
            Duration.ofSeconds(10));
  }

  /**
   * Sends the frame now; blocks only while the producer's buffer is full or, for the first frame
   * and after a longer outage, no broker has told where the topic is.
   *
   * @param value JPEG or PNG bytes, or raw pixels that the headers describe; not copied
   * @return completes with the place that the frame got, once it is safe there; not on the
   *     producer's own thread, where whoever then sends the next would wait for room that only that
   *     thread can make
   */
  public Mono<FramePosition> send(
      String camera, byte[] value, Instant capturedAt, Map<String, String> headers) {
    ProducerRecord<byte[], byte[]> record =
        new ProducerRecord<>(topic, null, capturedAt.toEpochMilli(), camera.getBytes(UTF_8), value);
    headers.forEach((name, text) -> record.headers().add(name, text.getBytes(UTF_8)));
    return Mono.fromFuture(
            sending
                .send(record)
                .thenApply(
                    metadata ->
                        new FramePosition(
                            metadata.topic(), metadata.partition(), metadata.offset())),
            true)
        .publishOn(Schedulers.boundedElastic())
        .onErrorMap(sending::explained);
  }

  /** Sends the frame without headers. */
  public Mono<FramePosition> send(String camera, byte[] value, Instant capturedAt) {
    return send(camera, value, capturedAt, Map.of());
  }

  public boolean healthy() {
    return sending.healthy();
  }

  /** Waits 10 s for what was sent. */
  @Override
  public void close() {
    sending.close();
  }
}
