package dev.millrace.connectors.kafka;

import dev.millrace.connectors.ConnectorException;
import dev.millrace.connectors.delivery.FrameDelivery;
import dev.millrace.connectors.delivery.PartitionLedger;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that touches the consumer: polls, pauses and resumes, commits. It polls on, and so
 * stays in its group, also while nothing may be read.
 */
final class PollLoop implements Runnable {
  private static final Logger log = LoggerFactory.getLogger(PollLoop.class);
  private static final Duration POLL = Duration.ofMillis(100);
  private static final Duration POLL_PAUSED = Duration.ofMillis(5);
  private static final Duration ASK = Duration.ofSeconds(3);
  private static final long MAX_BACK_OFF_MILLIS = 5_000;

  private final Consumer<byte[], byte[]> consumer;
  private final SourceSettings settings;
  private final String bootstrapServers;
  private final FrameDelivery delivery;
  private final Assignment assignment;
  private final Commits commits;
  private final Pulse pulse;
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Map<TopicPartition, Long> ends = new HashMap<>();
  private final AtomicReference<@Nullable Runnable> rewind = new AtomicReference<>();
  private final Ownership ownership;
  private final Queue<Reread> rereads = new ConcurrentLinkedQueue<>();
  private boolean subscribed;
  private volatile boolean ended;
  private long backOffMillis;

  PollLoop(
      Consumer<byte[], byte[]> consumer,
      SourceSettings settings,
      String bootstrapServers,
      FrameDelivery delivery,
      Pulse pulse,
      Ownership ownership) {
    this.consumer = consumer;
    this.ownership = ownership;
    this.settings = settings;
    this.bootstrapServers = bootstrapServers;
    this.delivery = delivery;
    this.pulse = pulse;
    this.assignment = new Assignment(consumer, delivery, settings, ownership);
    this.commits = new Commits(consumer, assignment, System::nanoTime, settings);
  }

  void acknowledged() {
    commits.acknowledged();
  }

  /**
   * Frames that a former subscriber did not acknowledge are read again.
   *
   * @param then runs once nothing of the former subscriber is left
   */
  synchronized void rewind(Runnable then) {
    rewind.set(then);
    delivery.reopen();
  }

  private record Reread(Set<TopicPartition> partitions, CompletableFuture<Void> done) {}

  /** From any thread. Completes exceptionally if the loop ends before. */
  CompletableFuture<Void> reread(Set<TopicPartition> partitions) {
    Reread asked = new Reread(Set.copyOf(partitions), new CompletableFuture<>());
    rereads.add(asked);
    if (ended) {
      refuseRereads();
    }
    return asked.done;
  }

  private void refuseRereads() {
    for (Reread asked = rereads.poll(); asked != null; asked = rereads.poll()) {
      asked.done.completeExceptionally(new IllegalStateException("the source is closed"));
    }
  }

  /** Asks the loop to finish; it waits for acknowledgements, commits and closes the consumer. */
  void close() {
    closing.countDown();
  }

  @Override
  public void run() {
    try {
      while (closing.getCount() > 0) {
        turn();
      }
      finish();
      pulse.over(null);
    } catch (RuntimeException e) {
      ConnectorException problem = Troubles.of(e, bootstrapServers, settings);
      pulse.over(problem.getMessage());
      delivery.fail(problem);
      finish();
    } catch (
        Error e) { // of memory, say: as an Error it would end this thread and nobody would know
      log.error("Reading ends", e);
      ConnectorException problem = Troubles.of(e, bootstrapServers, settings);
      pulse.over(problem.getMessage());
      delivery.fail(problem);
    } finally {
      ended = true;
      refuseRereads();
      closeConsumer();
    }
  }

  private void turn() {
    try {
      if (!subscribed && !subscribe()) {
        return;
      }
      Runnable rewound = rewind.getAndSet(null);
      if (rewound != null) {
        assignment.rewind();
        rewound.run();
      }
      goBack();
      throttle();
      ConsumerRecords<byte[], byte[]> records =
          consumer.poll(assignment.paused() ? POLL_PAUSED : POLL);
      ownership.member(consumer.groupMetadata());
      pin(records);
      accept(records);
      pulse.polled(consumer);
      completeAtEnd();
      if (!settings.transactional()) {
        commits.commitIfDue();
      }
      backOffMillis = 0;
    } catch (RuntimeException e) {
      if (Troubles.isFatal(e)) {
        throw e;
      }
      pulse.trouble(Troubles.of(e, bootstrapServers, settings));
      backOff();
    }
  }

  private void pin(ConsumerRecords<byte[], byte[]> records) {
    try {
      assignment.pin(records);
    } catch (RuntimeException e) {
      for (TopicPartition partition : records.partitions()) {
        consumer.seek(partition, records.records(partition).get(0).offset());
      }
      throw e;
    }
  }

  private void goBack() {
    Reread asked = rereads.peek();
    if (asked != null) {
      assignment.reread(asked.partitions());
      rereads.remove();
      asked.done().complete(null);
    }
  }

  private boolean subscribe() {
    List<PartitionInfo> partitions = partitionsOfTopic();
    if (partitions.isEmpty()) {
      pulse.trouble(
          new ConnectorException(
              settings.topic(),
              "there is no such topic on " + bootstrapServers + ".",
              "Create it, or name another one; reading begins once it exists."));
      backOff();
      return false;
    }
    if (settings.untilEnd()) {
      List<TopicPartition> all =
          partitions.stream().map(p -> new TopicPartition(p.topic(), p.partition())).toList();
      ends.putAll(consumer.endOffsets(all, ASK));
    }
    consumer.subscribe(List.of(settings.topic()), assignment);
    subscribed = true;
    return true;
  }

  private List<PartitionInfo> partitionsOfTopic() {
    try {
      List<PartitionInfo> partitions = consumer.partitionsFor(settings.topic(), ASK);
      return partitions == null ? List.of() : partitions;
    } catch (UnknownTopicOrPartitionException e) {
      return List.of();
    }
  }

  private void throttle() {
    boolean paused = assignment.paused();
    boolean hold =
        delivery.ended() || (paused ? !delivery.credits().restored() : delivery.credits().spent());
    if (hold != paused) {
      assignment.pause(hold);
    }
  }

  private void accept(ConsumerRecords<byte[], byte[]> records) {
    if (records.isEmpty() && records.nextOffsets().isEmpty()) {
      return;
    }
    Map<TopicPartition, OffsetAndMetadata> next = records.nextOffsets();
    for (TopicPartition partition : records.partitions()) {
      List<ConsumerRecord<byte[], byte[]>> batch = records.records(partition);
      PartitionLedger ledger = assignment.ledger(partition, batch.get(0).offset());
      long end = ends.getOrDefault(partition, Long.MAX_VALUE);
      for (ConsumerRecord<byte[], byte[]> record : batch) {
        if (record.offset() < end) {
          delivery.offer(ledger, Frames.frame(record, ledger.epoch()));
        }
      }
      OffsetAndMetadata reached = next.get(partition);
      if (reached != null) {
        ledger.reached(Math.min(end, reached.offset()));
      }
    }
    delivery.pump();
  }

  private void completeAtEnd() {
    if (!settings.untilEnd() || delivery.ended()) {
      return;
    }
    Set<TopicPartition> mine = consumer.assignment();
    if (mine.isEmpty()) {
      return;
    }
    for (TopicPartition partition : mine) {
      long end = ends.getOrDefault(partition, 0L);
      if (end > 0 && consumer.position(partition, ASK) < end) {
        return;
      }
    }
    synchronized (this) {
      if (rewind.get() == null) {
        delivery.complete();
      }
    }
  }

  private void finish() {
    delivery.stop();
    long deadline = System.nanoTime() + settings.drainTimeout().toNanos();
    try {
      if (subscribed) {
        assignment.pause(true);
      }
      while (assignment.inFlight() > 0 && System.nanoTime() < deadline) {
        goBack();
        accept(consumer.poll(POLL_PAUSED));
      }
    } catch (RuntimeException e) {
      log.debug("While waiting for the last acknowledgements", e);
    }
    assignment.release(assignment.partitions(), deadline);
  }

  private void closeConsumer() {
    try {
      consumer.close(CloseOptions.timeout(ASK));
    } catch (RuntimeException e) {
      log.debug("While closing the consumer", e);
    }
  }

  private void backOff() {
    backOffMillis = Math.min(MAX_BACK_OFF_MILLIS, Math.max(100, backOffMillis * 2));
    try {
      if (closing.await(backOffMillis, TimeUnit.MILLISECONDS)) {
        log.debug("Closing while backing off");
      }
    } catch (InterruptedException e) {
      closing.countDown();
      Thread.currentThread().interrupt();
    }
  }
}
