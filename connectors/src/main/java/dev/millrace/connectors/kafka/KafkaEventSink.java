package dev.millrace.connectors.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.connectors.ConnectorException;
import dev.millrace.connectors.DeadLetterReason;
import dev.millrace.connectors.DetectionEvent;
import dev.millrace.connectors.EventSink;
import dev.millrace.connectors.FrameRecord;
import dev.millrace.connectors.format.DeadLetterHeaders;
import dev.millrace.connectors.format.EventJson;
import io.cloudevents.CloudEvent;
import io.cloudevents.core.builder.CloudEventBuilder;
import io.cloudevents.kafka.KafkaMessageFactory;
import java.net.URI;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.SerializationException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * Events and dead letters to Kafka: acknowledged by all in-sync replicas, without doubles from
 * retries, in the order of the calls for each camera.
 *
 * <p>An event is sent when {@link #publish} is called, not when its Mono is subscribed to. An
 * outage of the brokers is waited out; meanwhile nothing completes and {@link #healthy()} is false.
 * A dead letter that its topic finds too large is sent without its value, and if need be without
 * its key and its frame's headers, and says so in a header, so that it cannot block a partition.
 */
public final class KafkaEventSink implements EventSink {
  /** CloudEvents type of a detection event. */
  public static final String EVENT_TYPE = "dev.millrace.detections.v1";

  private static final Logger log = LoggerFactory.getLogger(KafkaEventSink.class);

  private static final Scheduler RETRIES = Schedulers.boundedElastic();

  private final SinkSettings settings;
  private final URI source;
  private final Sending sending;

  /**
   * @throws ConnectorException if the configuration cannot work; an unreachable broker is no reason
   */
  public KafkaEventSink(KafkaSinkConfig config) {
    this(
        config, Producers.open(config.bootstrapServers(), SinkSettings.producerProperties(config)));
  }

  KafkaEventSink(KafkaSinkConfig config, Producer<byte[], byte[]> producer) {
    this.settings = SinkSettings.of(config);
    this.source = settings.sourceUri();
    this.sending = new Sending(producer, config.bootstrapServers(), settings.drainTimeout());
  }

  @Override
  public Mono<Void> publish(DetectionEvent event) {
    CloudEvent cloudEvent;
    try {
      cloudEvent =
          CloudEventBuilder.v1()
              .withId(event.frame().position().id())
              .withType(EVENT_TYPE)
              .withSource(source)
              .withTime(event.frame().capturedAt().atOffset(ZoneOffset.UTC))
              .withData("application/json", EventJson.write(event))
              .build();
    } catch (RuntimeException e) {
      return Mono.error(e);
    }
    ProducerRecord<byte[], byte[]> record =
        KafkaMessageFactory.createWriter(
                settings.eventsTopic(), null, null, event.camera().getBytes(UTF_8))
            .writeBinary(cloudEvent);
    return safe(
        sending
            .send(record)
            .exceptionallyCompose(
                error -> failed(tooLarge(error) ? unsendable(event, error) : error)));
  }

  /** No repetition will help: the frame belongs to the dead letters. */
  private static IllegalArgumentException unsendable(DetectionEvent event, Throwable error) {
    return new IllegalArgumentException(
        "the event of "
            + event.frame().position()
            + " with "
            + event.detections().size()
            + " detections is larger than the brokers or max.request.size allow",
        error);
  }

  @Override
  public Mono<Void> deadLetter(FrameRecord frame, DeadLetterReason reason) {
    Map<String, String> headers = DeadLetterHeaders.of(frame, reason);
    CompletableFuture<RecordMetadata> answer =
        orSmaller(
            orSmaller(
                sending.send(letter(key(frame.camera()), frame.value(), headers)),
                () -> withoutValue(frame, headers)),
            () -> bare(frame, headers));
    return safe(answer);
  }

  @Override
  public boolean healthy() {
    return sending.healthy();
  }

  @Override
  public @Nullable String trouble() {
    String trouble = sending.trouble();
    return trouble == null
        ? null
        : settings.eventsTopic() + " and " + settings.deadLetterTopic() + " on " + trouble;
  }

  @Override
  public void close() {
    sending.close();
  }

  /**
   * What was sent or, where its topic found that too large, something smaller. Not sent by the
   * producer's own thread, which brings the answer: it would wait for room that only it can make.
   */
  private CompletableFuture<RecordMetadata> orSmaller(
      CompletableFuture<RecordMetadata> sent, Supplier<ProducerRecord<byte[], byte[]>> smaller) {
    return sent.exceptionallyCompose(
        error ->
            tooLarge(error)
                ? CompletableFuture.supplyAsync(smaller, RETRIES::schedule)
                    .thenCompose(sending::send)
                : failed(error));
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

  private static boolean tooLarge(Throwable error) {
    Throwable cause = error instanceof CompletionException ? error.getCause() : error;
    return cause instanceof RecordTooLargeException || cause instanceof SerializationException;
  }

  private static <T> CompletableFuture<T> failed(Throwable error) {
    return CompletableFuture.failedFuture(error);
  }

  /** An {@link IllegalArgumentException} says that the event is at fault and stays what it is. */
  private Mono<Void> safe(CompletableFuture<RecordMetadata> answer) {
    return Mono.fromFuture(answer, true)
        .onErrorMap(error -> !(error instanceof IllegalArgumentException), sending::explained)
        .then();
  }
}
