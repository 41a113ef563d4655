package dev.millrace.connectors.kafka;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;

/** A producer, the answers it owes, and whether they come. */
final class Sending implements AutoCloseable {
  private static final long PATIENCE_NANOS = 10_000_000_000L;

  private final Producer<byte[], byte[]> producer;
  private final String bootstrapServers;
  private final Duration drainTimeout;
  private final AtomicInteger owed = new AtomicInteger();
  private final AtomicBoolean closed = new AtomicBoolean();
  private volatile long lastAnswer = System.nanoTime();
  private volatile boolean failing;

  Sending(Producer<byte[], byte[]> producer, String bootstrapServers, Duration drainTimeout) {
    this.producer = producer;
    this.bootstrapServers = bootstrapServers;
    this.drainTimeout = drainTimeout;
  }

  /** Sends now; blocks only while the producer's buffer is full or the topic is not known yet. */
  CompletableFuture<RecordMetadata> send(ProducerRecord<byte[], byte[]> record) {
    CompletableFuture<RecordMetadata> answer = new CompletableFuture<>();
    if (owed.getAndIncrement() == 0) {
      lastAnswer = System.nanoTime();
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
      @org.jspecify.annotations.Nullable RecordMetadata metadata,
      @org.jspecify.annotations.Nullable Exception error) {
    owed.decrementAndGet();
    lastAnswer = System.nanoTime();
    failing = error != null;
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
    return !closed.get()
        && !failing
        && (owed.get() == 0 || System.nanoTime() - lastAnswer < PATIENCE_NANOS);
  }

  /** Waits for what is owed until the drain timeout. */
  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      producer.close(drainTimeout);
    }
  }
}
