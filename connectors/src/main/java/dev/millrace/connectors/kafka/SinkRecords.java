package dev.millrace.connectors.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.connectors.DeadLetterReason;
import dev.millrace.connectors.DetectionEvent;
import dev.millrace.connectors.FrameRecord;
import dev.millrace.connectors.format.DeadLetterHeaders;
import dev.millrace.connectors.format.EventJson;
import io.cloudevents.CloudEvent;
import io.cloudevents.core.builder.CloudEventBuilder;
import io.cloudevents.kafka.KafkaMessageFactory;
import java.net.URI;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.SerializationException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Events and dead letters as records of their topics. Thread-safe. */
final class SinkRecords {
  private static final Logger log = LoggerFactory.getLogger(SinkRecords.class);

  private final SinkSettings settings;
  private final URI source;

  /**
   * @throws dev.millrace.connectors.ConnectorException if the settings name no URI of a source
   */
  SinkRecords(SinkSettings settings) {
    this.settings = settings;
    this.source = settings.sourceUri();
  }

  /**
   * An event in the forms to try, one after the other, while its topic finds it too large: itself,
   * then a dead letter of its frame. An event that JSON cannot say is a dead letter from the start.
   */
  List<Supplier<ProducerRecord<byte[], byte[]>>> event(FrameRecord frame, DetectionEvent event) {
    ProducerRecord<byte[], byte[]> record;
    try {
      record = event(event);
    } catch (IllegalArgumentException e) {
      return undeliverable(frame, "the event cannot be written: " + e.getMessage());
    }
    List<Supplier<ProducerRecord<byte[], byte[]>>> forms = new ArrayList<>();
    forms.add(() -> record);
    forms.addAll(
        undeliverable(
            frame,
            "the event with "
                + event.detections().size()
                + " detections is larger than the brokers or max.request.size allow"));
    return forms;
  }

  private List<Supplier<ProducerRecord<byte[], byte[]>>> undeliverable(
      FrameRecord frame, String message) {
    return letter(frame, new DeadLetterReason(DeadLetterReason.UNDELIVERABLE, message + "."));
  }

  private ProducerRecord<byte[], byte[]> event(DetectionEvent event) {
    CloudEvent cloudEvent =
        CloudEventBuilder.v1()
            .withId(event.frame().position().id())
            .withType(EventJson.EVENT_TYPE)
            .withSource(source)
            .withTime(event.frame().capturedAt().atOffset(ZoneOffset.UTC))
            .withData("application/json", EventJson.write(event))
            .build();
    return KafkaMessageFactory.createWriter(
            settings.eventsTopic(), null, null, event.camera().getBytes(UTF_8))
        .writeBinary(cloudEvent);
  }

  /** A dead letter in the forms to try, one after the other, while its topic finds it too large. */
  List<Supplier<ProducerRecord<byte[], byte[]>>> letter(
      FrameRecord frame, DeadLetterReason reason) {
    Map<String, String> headers = DeadLetterHeaders.of(frame, reason);
    return List.of(
        () -> letter(key(frame.camera()), frame.value(), headers),
        () -> withoutValue(frame, headers),
        () -> bare(frame, headers));
  }

  /** Whether a record's size is why it was refused. */
  static boolean tooLarge(Throwable error) {
    Throwable cause = error instanceof CompletionException ? error.getCause() : error;
    return cause instanceof RecordTooLargeException || cause instanceof SerializationException;
  }

  private ProducerRecord<byte[], byte[]> withoutValue(
      FrameRecord frame, Map<String, String> headers) {
    int size = frame.value().length;
    log.warn(
        "{}: the {} bytes of {} are too many for a dead letter; it goes without them",
        settings.deadLetterTopic(),
        size,
        frame.position());
    headers.put(DeadLetterHeaders.OMITTED, Integer.toString(size));
    return letter(key(frame.camera()), new byte[0], headers);
  }

  private ProducerRecord<byte[], byte[]> bare(FrameRecord frame, Map<String, String> headers) {
    log.warn(
        "{}: the key and the headers of {} are too large as well; its dead letter goes without"
            + " them",
        settings.deadLetterTopic(),
        frame.position());
    return letter(null, new byte[0], DeadLetterHeaders.bare(headers));
  }

  private ProducerRecord<byte[], byte[]> letter(
      byte @Nullable [] key, byte[] value, Map<String, String> headers) {
    ProducerRecord<byte[], byte[]> record =
        new ProducerRecord<>(settings.deadLetterTopic(), null, key, value);
    headers.forEach((name, text) -> record.headers().add(name, text.getBytes(UTF_8)));
    return record;
  }

  private static byte @Nullable [] key(String camera) {
    return camera.isEmpty() ? null : camera.getBytes(UTF_8);
  }
}
