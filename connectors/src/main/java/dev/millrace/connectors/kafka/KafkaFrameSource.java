package dev.millrace.connectors.kafka;

import dev.millrace.connectors.ConnectorException;
import dev.millrace.connectors.FrameRecord;
import dev.millrace.connectors.FrameSource;
import dev.millrace.connectors.delivery.Credits;
import dev.millrace.connectors.delivery.FrameDelivery;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;

/**
 * Frames of a Kafka topic, at least once; exactly once in {@link KafkaExactlyOnce}.
 *
 * <p>Reading begins with the first subscription, on a thread of its own; frames are emitted on
 * another, so that a slow subscriber never keeps the consumer from polling. Reading pauses when the
 * frames or the bytes that were read and not acknowledged reach their limits (one poll, at most
 * {@code max.poll.records}, may go beyond) and goes on at half of them. The consumer's own fetch
 * buffers, at most {@code fetch.max.bytes} a broker, come on top.
 *
 * <p>The next contiguous offset of each partition is committed from the poll thread. A partition
 * that moves to another instance is waited for until the drain timeout, committed and forgotten. A
 * broker that is away or a topic that does not exist yet does not end the frames: {@link
 * #healthy()} is false and {@link #trouble()} says why until it comes back.
 *
 * <p>A new subscription after a cancelled one gets again what was not acknowledged.
 *
 * <pre>{@code
 * try (FrameSource source = new KafkaFrameSource(KafkaSourceConfig.of("localhost:9092", "frames", "g"))) {
 *   source.frames().concatMap(frame -> process(frame).doOnSuccess(done -> source.acknowledge(frame))).blockLast();
 * }
 * }</pre>
 */
public final class KafkaFrameSource implements FrameSource {
  private static final Logger log = LoggerFactory.getLogger(KafkaFrameSource.class);

  private final SourceSettings settings;
  private final FrameDelivery delivery;
  private final Pulse pulse = new Pulse(System::nanoTime);
  private final Ownership ownership = new Ownership();
  private final PollLoop loop;
  private final Thread thread;
  private final ThreadPoolExecutor emitter;
  private final AtomicBoolean started = new AtomicBoolean();
  private final AtomicBoolean closed = new AtomicBoolean();

  /**
   * @throws ConnectorException if the configuration cannot work; an unreachable broker is no reason
   */
  public KafkaFrameSource(KafkaSourceConfig config) {
    this(config, () -> new KafkaConsumer<>(settings(config).consumerProperties(config)));
  }

  /** One that commits no offsets: a transactional sink does. */
  static KafkaFrameSource transactional(KafkaSourceConfig config) {
    SourceSettings settings = settings(config).committedByTransactions(config);
    return new KafkaFrameSource(
        config, settings, () -> new KafkaConsumer<>(settings.consumerProperties(config)));
  }

  KafkaFrameSource(KafkaSourceConfig config, Supplier<Consumer<byte[], byte[]>> consumer) {
    this(config, settings(config), consumer);
  }

  private KafkaFrameSource(
      KafkaSourceConfig config,
      SourceSettings settings,
      Supplier<Consumer<byte[], byte[]>> consumer) {
    this.settings = settings;
    this.emitter =
        new ThreadPoolExecutor(
            0,
            1,
            10,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            task -> daemon(task, "millrace-emit-" + settings.topic()),
            (task, pool) -> task.run());
    this.delivery =
        new FrameDelivery(
            new Credits(settings.maxFrames(), settings.maxBytes()), emitter, this::subscribed);
    try {
      this.loop =
          new PollLoop(
              consumer.get(), settings, config.bootstrapServers(), delivery, pulse, ownership);
    } catch (KafkaException e) {
      throw Troubles.of(e, config.bootstrapServers());
    }
    this.thread = daemon(loop, "millrace-poll-" + settings.topic());
  }

  @Override
  public Flux<FrameRecord> frames() {
    return delivery.frames();
  }

  @Override
  public void acknowledge(FrameRecord frame) {
    if (delivery.acknowledge(frame) != null) {
      loop.acknowledged();
    }
  }

  @Override
  public int framesInFlight() {
    return delivery.framesInFlight();
  }

  @Override
  public long bytesInFlight() {
    return delivery.bytesInFlight();
  }

  @Override
  public boolean healthy() {
    return pulse.healthy();
  }

  @Override
  public @Nullable String trouble() {
    return pulse.trouble();
  }

  @Override
  public void stop() {
    delivery.stop();
  }

  /** Waits for acknowledgements until the drain timeout, commits, leaves the group. */
  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    delivery.stop();
    loop.close();
    if (started.compareAndSet(false, true)) {
      thread.start(); // the consumer is closed where it would have lived
    }
    try {
      thread.join(settings.drainTimeout().plusSeconds(15).toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (thread.isAlive()) {
      log.warn("The consumer of {} did not close in time", settings.topic());
    }
    emitter.shutdown();
  }

  SourceSettings settings() {
    return settings;
  }

  Ownership ownership() {
    return ownership;
  }

  /**
   * Drops what is under way of these partitions and reads them again from what is committed.
   *
   * @return completes once nothing of them is owned under an earlier epoch
   */
  CompletableFuture<Void> reread(Set<TopicPartition> partitions) {
    return loop.reread(partitions);
  }

  private void subscribed(Runnable open) {
    if (started.compareAndSet(false, true)) {
      thread.start();
      open.run();
    } else {
      loop.rewind(open);
    }
  }

  private static SourceSettings settings(KafkaSourceConfig config) {
    return SourceSettings.of(config).check();
  }

  private static Thread daemon(Runnable task, String name) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    return thread;
  }
}
