package dev.millrace.connectors.kafka;

import dev.millrace.connectors.ConnectorException;
import dev.millrace.connectors.DeadLetterReason;
import dev.millrace.connectors.DetectionEvent;
import dev.millrace.connectors.FramePosition;
import dev.millrace.connectors.FrameRecord;
import dev.millrace.connectors.format.DeadLetterHeaders;
import dev.millrace.connectors.format.EventJson;
import java.time.Instant;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;

/**
 * Reads events, dead letters or frames for people and tests: a whole topic, without a group,
 * nothing is committed. Each subscription has a connection of its own, on a thread of its own;
 * cancelling it closes the connection. A record that is not what its topic should hold is passed
 * over with a line in the log.
 */
public final class KafkaEventReader {
  private static final Logger log = LoggerFactory.getLogger(KafkaEventReader.class);

  /**
   * An event as it lies on its topic.
   *
   * @param position where the event lies, not its frame
   * @param headers CloudEvents attributes, {@code ce_id} and so on
   */
  public record Event(FramePosition position, Map<String, String> headers, DetectionEvent event) {}

  /**
   * A dead letter.
   *
   * @param position where the letter lies
   * @param frame the frame as it was, at its own position, under epoch 0
   * @param omittedBytes bytes of a value that was too large for the letter, else 0
   */
  public record DeadLetter(
      FramePosition position, FrameRecord frame, DeadLetterReason reason, int omittedBytes) {}

  private final String bootstrapServers;
  private final Map<String, String> properties;

  /**
   * @param properties of a Kafka consumer
   */
  public KafkaEventReader(String bootstrapServers, Map<String, String> properties) {
    this.bootstrapServers = bootstrapServers;
    this.properties = Map.copyOf(properties);
  }

  /** Events of a topic; in order within a partition, and so within a camera. */
  public Flux<Event> events(String topic, ReadFrom from) {
    return reader(topic).read(from, KafkaEventReader::event);
  }

  /** Letters of a dead-letter topic. */
  public Flux<DeadLetter> deadLetters(String topic, ReadFrom from) {
    return reader(topic).read(from, KafkaEventReader::deadLetter);
  }

  /** Frames of a topic, to look at; they are not acknowledged. */
  public Flux<FrameRecord> frames(String topic, ReadFrom from) {
    return reader(topic).read(from, record -> Frames.frame(record, 0));
  }

  private TopicReader reader(String topic) {
    return new TopicReader(bootstrapServers, topic, properties);
  }

  private static @Nullable Event event(ConsumerRecord<byte[], byte[]> record) {
    FrameRecord raw = Frames.frame(record, 0);
    try {
      return new Event(raw.position(), raw.headers(), EventJson.read(raw.value()));
    } catch (ConnectorException e) {
      log.warn("{} is passed over: {}", raw.position(), e.getMessage());
      return null;
    }
  }

  private static @Nullable DeadLetter deadLetter(ConsumerRecord<byte[], byte[]> record) {
    FrameRecord raw = Frames.frame(record, 0);
    Map<String, String> headers = raw.headers();
    try {
      FramePosition original =
          new FramePosition(
              headers.getOrDefault(DeadLetterHeaders.TOPIC, ""),
              Integer.parseInt(headers.getOrDefault(DeadLetterHeaders.PARTITION, "")),
              Long.parseLong(headers.getOrDefault(DeadLetterHeaders.OFFSET, "")));
      return new DeadLetter(
          raw.position(),
          new FrameRecord(
              original,
              0,
              raw.camera(),
              raw.value(),
              DeadLetterHeaders.original(headers),
              Instant.ofEpochMilli(
                  Long.parseLong(headers.getOrDefault(DeadLetterHeaders.TIMESTAMP, "0")))),
          new DeadLetterReason(
              headers.getOrDefault(DeadLetterHeaders.REASON, ""),
              headers.getOrDefault(DeadLetterHeaders.MESSAGE, "")),
          Integer.parseInt(headers.getOrDefault(DeadLetterHeaders.OMITTED, "0")));
    } catch (NumberFormatException e) {
      log.warn("{} is passed over: it is no dead letter of Millrace", raw.position());
      return null;
    }
  }
}
