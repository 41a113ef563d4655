package dev.millrace.connectors.kafka;

import dev.millrace.connectors.FrameRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One transactional producer and its thread. What is handed to it goes out in the order in which it
 * came, together with the offsets of the frames it answers: all of a transaction or nothing.
 *
 * <p>A transaction that was aborted is tried again from memory, the same records in the same order.
 * Where it is not known whether it was committed, because the producer was fenced or no broker
 * answered, the producer is discarded, its successor waits until the brokers have decided, and the
 * frames are read again from what is committed.
 */
final class TransactionLane implements Runnable {
  private static final Logger log = LoggerFactory.getLogger(TransactionLane.class);
  private static final long FIRST_BACK_OFF_MILLIS = 20;
  private static final long LONGEST_BACK_OFF_MILLIS = 5_000;
  private static final long PATIENT_BACK_OFF_MILLIS = 200;

  /** How long closing is overlooked at most. */
  private static final long LOOK_NANOS = 20_000_000L;

  /** What a frame is answered with: one record, in smaller forms where it is too large. */
  static final class Answer {
    private final FrameRecord frame;
    private final List<Supplier<ProducerRecord<byte[], byte[]>>> forms;
    private final CompletableFuture<Void> receipt = new CompletableFuture<>();
    private int form;

    /**
     * @param forms to try, one after the other, while the topic finds them too large
     */
    Answer(FrameRecord frame, List<Supplier<ProducerRecord<byte[], byte[]>>> forms) {
      this.frame = frame;
      this.forms = forms;
    }

    /** Completes when it is committed, or the frame is no longer this instance's to answer. */
    CompletableFuture<Void> receipt() {
      return receipt;
    }

    private TopicPartition partition() {
      return new TopicPartition(frame.position().topic(), frame.position().partition());
    }

    /** Whether there is a smaller form, which it is in from now on. */
    private boolean shrinks() {
      if (form + 1 == forms.size()) {
        return false;
      }
      form++;
      return true;
    }
  }

  private final String name;
  private final Supplier<Producer<byte[], byte[]>> producers;
  private final Ownership ownership;
  private final Rereading rereading;
  private final long intervalNanos;
  private final int every;
  private final Duration drainTimeout;
  private final String bootstrapServers;
  private final BlockingQueue<Answer> queue = new LinkedBlockingQueue<>();
  private @Nullable Producer<byte[], byte[]> producer;
  private boolean begun;
  private Set<TopicPartition> undecided = new HashSet<>();
  private long backOffMillis;
  private volatile boolean closing;
  private volatile long deadline = Long.MAX_VALUE;
  private volatile long busySince;
  private volatile @Nullable String trouble;

  /** Reads partitions again from what is committed. */
  interface Rereading {
    CompletableFuture<Void> reread(Set<TopicPartition> partitions);
  }

  /**
   * @param producers opens a transactional producer that is not initialised
   */
  TransactionLane(
      String name,
      Supplier<Producer<byte[], byte[]>> producers,
      Ownership ownership,
      Rereading rereading,
      Duration interval,
      int every,
      Duration drainTimeout,
      String bootstrapServers) {
    this.name = name;
    this.producers = producers;
    this.ownership = ownership;
    this.rereading = rereading;
    this.intervalNanos = interval.toNanos();
    this.every = every;
    this.drainTimeout = drainTimeout;
    this.bootstrapServers = bootstrapServers;
  }

  void hand(Answer answer) {
    queue.add(answer);
  }

  /** What keeps it from committing, in a sentence; null if nothing is known to. */
  @Nullable String trouble() {
    String known = trouble;
    if (known != null) {
      return known;
    }
    long since = busySince;
    long silent = System.nanoTime() - since;
    return since == 0 || silent < Pulse.PATIENCE.toNanos()
        ? null
        : "%s: no transaction has ended for %d s, %d answers wait behind it."
            .formatted(bootstrapServers, silent / 1_000_000_000L, queue.size());
  }

  /** Commits what it has, until the drain timeout. */
  void close() {
    deadline = System.nanoTime() + drainTimeout.toNanos();
    closing = true;
  }

  @Override
  public void run() {
    try {
      List<Answer> again = List.of();
      while (true) {
        List<Answer> batch = again.isEmpty() ? first() : again;
        if (batch.isEmpty() || System.nanoTime() > deadline) {
          return;
        }
        again = attempt(new ArrayList<>(batch));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      discard();
    }
  }

  /** Waits for something to do; empty when it is closed and all is done. */
  private List<Answer> first() throws InterruptedException {
    busySince = 0;
    while (true) {
      if (producer == null && !closing) {
        prepare();
      }
      Answer answer = queue.poll(LOOK_NANOS, TimeUnit.NANOSECONDS);
      if (answer != null) {
        return List.of(answer);
      }
      if (closing) {
        return List.of();
      }
    }
  }

  /** Ends what a predecessor left open before anything is read: nobody can read past it. */
  private void prepare() throws InterruptedException {
    try {
      open();
      trouble = null;
      backOffMillis = 0;
    } catch (RuntimeException e) {
      recover(e, List.of(), null);
    }
  }

  /**
   * One transaction: the batch, and what comes while it is open.
   *
   * @return what has to be tried again, in order
   */
  private List<Answer> attempt(List<Answer> batch) throws InterruptedException {
    busySince = System.nanoTime();
    AtomicReference<@Nullable Answer> tooLarge = new AtomicReference<>();
    try {
      Producer<byte[], byte[]> open = open();
      dropForeign(batch);
      if (batch.isEmpty()) {
        return batch;
      }
      open.beginTransaction();
      begun = true;
      for (Answer answer : batch) {
        send(open, answer, tooLarge);
      }
      gather(open, batch, tooLarge);
      ConsumerGroupMetadata group = ownership.claim(epochs(batch));
      if (group == null) {
        open.abortTransaction();
        begun = false;
        return batch;
      }
      open.sendOffsetsToTransaction(offsets(batch), group);
      open.commitTransaction();
      begun = false;
    } catch (RuntimeException e) {
      recover(e, batch, tooLarge.get());
      return batch;
    }
    batch.forEach(answer -> answer.receipt.complete(null));
    if (trouble != null) {
      log.info("{} commits again", name);
    }
    trouble = null;
    backOffMillis = 0;
    return List.of();
  }

  private Producer<byte[], byte[]> open() {
    Producer<byte[], byte[]> open = producer;
    if (open == null) {
      open = initialised();
      producer = open;
    }
    if (!undecided.isEmpty()) {
      try {
        rereading.reread(undecided).join();
      } catch (CompletionException e) {
        throw e.getCause() instanceof RuntimeException known ? known : e;
      }
      undecided = new HashSet<>();
    }
    return open;
  }

  /** Returns once what its predecessor left is committed or aborted. */
  private Producer<byte[], byte[]> initialised() {
    Producer<byte[], byte[]> fresh = producers.get();
    try {
      fresh.initTransactions();
      return fresh;
    } catch (RuntimeException e) {
      closeQuietly(fresh);
      throw e;
    }
  }

  /**
   * Frames of partitions that have gone, or are being read again, are not this lane's to answer.
   */
  private void dropForeign(List<Answer> batch) {
    batch.removeIf(
        answer -> {
          boolean foreign = !ownership.owns(answer.frame.epoch());
          if (foreign) {
            answer.receipt.complete(null);
          }
          return foreign;
        });
  }

  private void gather(
      Producer<byte[], byte[]> open, List<Answer> batch, AtomicReference<@Nullable Answer> tooLarge)
      throws InterruptedException {
    long due = System.nanoTime() + intervalNanos;
    while (batch.size() < every) {
      long left = closing ? 0 : due - System.nanoTime();
      Answer next = queue.poll(Math.min(Math.max(left, 0), LOOK_NANOS), TimeUnit.NANOSECONDS);
      if (next == null) {
        if (left <= 0) {
          return;
        }
        continue;
      }
      if (!ownership.owns(next.frame.epoch())) {
        next.receipt.complete(null);
        continue;
      }
      batch.add(next);
      send(open, next, tooLarge);
    }
  }

  /**
   * The first that is refused for its size is the one that was too large: the producer then gives
   * the same reason for each record that it has not sent yet.
   */
  private static void send(
      Producer<byte[], byte[]> open, Answer answer, AtomicReference<@Nullable Answer> tooLarge) {
    open.send(
        answer.forms.get(answer.form).get(),
        (metadata, error) -> {
          if (error != null && SinkRecords.tooLarge(error)) {
            tooLarge.compareAndSet(null, answer);
          }
        });
  }

  private static Set<Integer> epochs(List<Answer> batch) {
    Set<Integer> epochs = new HashSet<>();
    batch.forEach(answer -> epochs.add(answer.frame.epoch()));
    return epochs;
  }

  /** Answers of a partition come in the order of its offsets. */
  private static Map<TopicPartition, OffsetAndMetadata> offsets(List<Answer> batch) {
    Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
    for (Answer answer : batch) {
      offsets.put(answer.partition(), new OffsetAndMetadata(answer.frame.position().offset() + 1));
    }
    return offsets;
  }

  private void recover(RuntimeException error, List<Answer> batch, @Nullable Answer tooLarge)
      throws InterruptedException {
    log.debug("{}: a transaction of {} answers was not committed", name, batch.size(), error);
    if (!aborted()) {
      discard();
      batch.forEach(answer -> undecided.add(answer.partition()));
    }
    if (tooLarge != null && tooLarge.shrinks()) {
      return;
    }
    backOffMillis =
        Math.min(LONGEST_BACK_OFF_MILLIS, Math.max(FIRST_BACK_OFF_MILLIS, 2 * backOffMillis));
    if (backOffMillis > PATIENT_BACK_OFF_MILLIS) {
      String now = Troubles.of(error, bootstrapServers).getMessage();
      if (!Objects.equals(now, trouble)) {
        log.warn("{} cannot commit: {}", name, now);
      }
      trouble = now;
    }
    TimeUnit.MILLISECONDS.sleep(backOffMillis);
  }

  /** Whether the transaction is known not to be committed. */
  private boolean aborted() {
    Producer<byte[], byte[]> open = producer;
    if (!begun || open == null) {
      return true;
    }
    begun = false;
    try {
      open.abortTransaction();
      return true;
    } catch (RuntimeException e) {
      log.debug("{}: its producer is of no use any more", name, e);
      return false;
    }
  }

  private void discard() {
    Producer<byte[], byte[]> open = producer;
    producer = null;
    if (open != null) {
      closeQuietly(open);
    }
  }

  /** One that does not close must not end the lane. */
  private void closeQuietly(Producer<byte[], byte[]> open) {
    try {
      open.close(Duration.ZERO);
    } catch (RuntimeException e) {
      log.debug("{}: a producer did not close", name, e);
    }
  }
}
