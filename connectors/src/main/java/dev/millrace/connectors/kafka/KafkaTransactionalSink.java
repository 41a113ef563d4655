package dev.millrace.connectors.kafka;

import dev.millrace.connectors.ConnectorException;
import dev.millrace.connectors.DeadLetterReason;
import dev.millrace.connectors.DetectionEvent;
import dev.millrace.connectors.EventSink;
import dev.millrace.connectors.FrameRecord;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.ConfigException;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Events, dead letters and the offsets of their frames to Kafka in transactions: whoever reads
 * committed records sees an answer to every frame, and one only.
 *
 * <p>Each lane has a producer and a thread. A transaction is committed after so many answers or so
 * much time; what was aborted is sent again, in order. A frame whose partition has gone to another
 * instance is not answered; its Mono completes all the same. Belongs to one source, which commits
 * nothing itself.
 */
final class KafkaTransactionalSink implements EventSink {
  private static final Duration GRACE = Duration.ofSeconds(2);

  private final SinkSettings settings;
  private final SinkRecords records;
  private final InstanceSlot slot;
  private final List<TransactionLane> lanes = new ArrayList<>();
  private final List<Thread> threads = new ArrayList<>();
  private volatile boolean closed;

  /**
   * @param lanes partitions whose number modulo this is equal share a producer
   * @throws ConnectorException if the configuration cannot work; an unreachable broker is no reason
   */
  KafkaTransactionalSink(
      KafkaSinkConfig config,
      SourceSettings sourceSettings,
      Ownership ownership,
      TransactionLane.Rereading rereading,
      int lanes) {
    this(
        config,
        sourceSettings,
        ownership,
        rereading,
        lanes,
        properties -> Producers.open(config.bootstrapServers(), properties));
  }

  KafkaTransactionalSink(
      KafkaSinkConfig config,
      SourceSettings sourceSettings,
      Ownership ownership,
      TransactionLane.Rereading rereading,
      int lanes,
      Function<Map<String, Object>, Producer<byte[], byte[]>> producers) {
    this.settings = SinkSettings.of(config);
    this.records = new SinkRecords(settings);
    Map<String, Object> properties = SinkSettings.transactionalProperties(config);
    check(config.bootstrapServers(), sourceSettings.commitInterval(), properties);
    String instance = config.instance();
    this.slot =
        instance == null
            ? InstanceSlot.take(locks(), host(), sourceSettings.group())
            : InstanceSlot.named(instance);
    for (int number = 0; number < lanes; number++) {
      String id = "millrace-" + sourceSettings.group() + "-" + slot.name() + "-" + number;
      Map<String, Object> own = new HashMap<>(properties);
      own.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, id);
      own.put(
          ProducerConfig.CLIENT_ID_CONFIG,
          properties.get(ProducerConfig.CLIENT_ID_CONFIG) + "-" + number);
      TransactionLane lane =
          new TransactionLane(
              id,
              () -> producers.apply(own),
              ownership,
              rereading,
              sourceSettings.commitInterval(),
              Math.max(1, Math.min(sourceSettings.commitEvery(), sourceSettings.maxFrames() / 2)),
              settings.drainTimeout(),
              config.bootstrapServers());
      this.lanes.add(lane);
      Thread thread = new Thread(lane, "millrace-transactions-" + number);
      thread.setDaemon(true);
      threads.add(thread);
    }
    threads.forEach(Thread::start);
  }

  private static void check(
      String bootstrapServers, Duration interval, Map<String, Object> properties) {
    Map<String, Object> all = new HashMap<>(properties);
    all.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, "checked");
    long timeout;
    try {
      timeout = new ProducerConfig(all).getInt(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG);
    } catch (ConfigException e) {
      throw Troubles.of(e, bootstrapServers);
    }
    if (interval.toMillis() > timeout / 2) {
      throw new ConnectorException(
          "source.commitInterval",
          "with exactly-once a transaction is open for as long: "
              + interval
              + " is more than half of transaction.timeout.ms, "
              + timeout
              + ".",
          "Shorten it, or raise sink.properties.transaction.timeout.ms.");
    }
  }

  @Override
  public Mono<Void> publish(FrameRecord frame, DetectionEvent event) {
    return hand(frame, records.event(frame, event));
  }

  @Override
  public Mono<Void> deadLetter(FrameRecord frame, DeadLetterReason reason) {
    return hand(frame, records.letter(frame, reason));
  }

  private Mono<Void> hand(FrameRecord frame, List<Supplier<ProducerRecord<byte[], byte[]>>> forms) {
    TransactionLane.Answer answer = new TransactionLane.Answer(frame, forms);
    lanes.get(frame.position().partition() % lanes.size()).hand(answer);
    return Mono.fromFuture(answer.receipt(), true);
  }

  @Override
  public boolean healthy() {
    return !closed && trouble() == null;
  }

  @Override
  public @Nullable String trouble() {
    return lanes.stream()
        .map(TransactionLane::trouble)
        .filter(Objects::nonNull)
        .findFirst()
        .orElse(null);
  }

  /** Commits what was handed over, until the drain timeout. */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    lanes.forEach(TransactionLane::close);
    long deadline = System.nanoTime() + settings.drainTimeout().plus(GRACE).toNanos();
    try {
      for (Thread thread : threads) {
        TimeUnit.NANOSECONDS.timedJoin(thread, Math.max(1, deadline - System.nanoTime()));
        if (thread.isAlive()) {
          thread.interrupt();
        }
      }
      for (Thread thread : threads) {
        thread.join(GRACE.toMillis());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    slot.close();
  }

  private static Path locks() {
    return Path.of(System.getProperty("java.io.tmpdir"), "millrace-instances");
  }

  private static String host() {
    String named = System.getenv("HOSTNAME");
    if (named != null && !named.isBlank()) {
      return named;
    }
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "host";
    }
  }
}
