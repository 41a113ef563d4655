package dev.millrace.connectors.kafka;

import dev.millrace.connectors.ConnectorException;
import dev.millrace.connectors.DeadLetterReason;
import dev.millrace.connectors.DetectionEvent;
import dev.millrace.connectors.EventSink;
import dev.millrace.connectors.FrameRecord;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * Events and dead letters to Kafka: acknowledged by all in-sync replicas, without doubles from
 * retries, in the order of the calls for each camera.
 *
 * <p>An event is sent when {@link #publish} is called, not when its Mono is subscribed to. An
 * outage of the brokers is waited out; meanwhile nothing completes and {@link #healthy()} is false.
 * An event that its topic finds too large becomes a dead letter of its frame. A dead letter that is
 * too large is sent without its value, and if need be without its key and its frame's headers, and
 * says so in a header, so that it cannot block a partition.
 */
public final class KafkaEventSink implements EventSink {
  private static final Scheduler RETRIES = Schedulers.boundedElastic();

  private final SinkSettings settings;
  private final SinkRecords records;
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
    this.records = new SinkRecords(settings);
    this.sending = new Sending(producer, config.bootstrapServers(), settings.drainTimeout());
  }

  @Override
  public Mono<Void> publish(FrameRecord frame, DetectionEvent event) {
    return send(records.event(frame, event));
  }

  @Override
  public Mono<Void> deadLetter(FrameRecord frame, DeadLetterReason reason) {
    return send(records.letter(frame, reason));
  }

  private Mono<Void> send(List<Supplier<ProducerRecord<byte[], byte[]>>> forms) {
    CompletableFuture<RecordMetadata> answer = sending.send(forms.get(0).get());
    for (Supplier<ProducerRecord<byte[], byte[]>> smaller : forms.subList(1, forms.size())) {
      answer = orSmaller(answer, smaller);
    }
    return Mono.fromFuture(answer, true).onErrorMap(sending::explained).then();
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
            SinkRecords.tooLarge(error)
                ? CompletableFuture.supplyAsync(smaller, RETRIES::schedule)
                    .thenCompose(sending::send)
                : CompletableFuture.failedFuture(error));
  }
}
