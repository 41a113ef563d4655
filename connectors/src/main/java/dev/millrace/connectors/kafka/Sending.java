package dev.millrace.connectors.kafka;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;

/** A producer, the answers it owes, and whether they come. */
final class Sending implements AutoCloseable {

  private final Producer<byte[], byte[]> producer;
  private final String bootstrapServers;
  private final Duration drainTimeout;
  private final AtomicInteger owed = new AtomicInteger();
  private final AtomicBoolean closed = new AtomicBoolean();
  private final LongSupplier nanos;
  private volatile long lastAnswer;
  private volatile @Nullable Throwable failure;

  Sending(Producer<byte[], byte[]> producer, String bootstrapServers, Duration drainTimeout) {
    this(producer, bootstrapServers, drainTimeout, System::nanoTime);
  }

  Sending(
      Producer<byte[], byte[]> producer,
      String bootstrapServers,
      Duration drainTimeout,
      LongSupplier nanos) {
    this.nanos = nanos;
    this.lastAnswer = nanos.getAsLong();
    this.producer = producer;
    this.bootstrapServers = bootstrapServers;
    this.drainTimeout = drainTimeout;
  }

  /**
   * Sends now; blocks only while the producer's buffer is full or the topic is not known: at first,
   * and after an outage so long that the client has forgotten it.
   */
  CompletableFuture<RecordMetadata> send(ProducerRecord<byte[], byte[]> record) {
    CompletableFuture<RecordMetadata> answer = new CompletableFuture<>();
    if (owed.getAndIncrement() == 0) {
      lastAnswer = nanos.getAsLong();
    }
    try {
      producer.send(record, (metadata, error) -> answered(answer, metadata, error));
    } catch (KafkaException | IllegalStateException e) {
      answered(answer, null, e);
    }
    return answer;
  }

  private void answered(
      CompletableFuture<RecordMetadata> answer,
      @Nullable RecordMetadata metadata,
      @Nullable Exception error) {
    owed.decrementAndGet();
    lastAnswer = nanos.getAsLong();
    failure = error;
    if (error != null) {
      answer.completeExceptionally(error);
    } else {
      answer.complete(metadata);
    }
  }

  RuntimeException explained(Throwable error) {
    return Troubles.of(error, bootstrapServers);
  }

  boolean healthy() {
    return !closed.get() && trouble() == null;
  }

  /** Why nothing is safe any more, in a sentence; null if all is well. */
  @Nullable String trouble() {
    Throwable error = failure;
    if (error != null) {
      return explained(error).getMessage();
    }
    int waiting = owed.get();
    long silent = nanos.getAsLong() - lastAnswer;
    return waiting == 0 || silent < Pulse.PATIENCE.toNanos()
        ? null
        : "%s: no broker has answered for %d s, %d records wait to be safe."
            .formatted(bootstrapServers, silent / 1_000_000_000L, waiting);
  }

  /** Waits for what is owed until the drain timeout. */
  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      producer.close(drainTimeout);
    }
  }
}
