package dev.millrace.connectors.kafka;

import dev.millrace.connectors.delivery.FrameDelivery;
import dev.millrace.connectors.delivery.PartitionLedger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The partitions that this consumer has, each with its ledger and what is committed of it. Belongs
 * to the poll thread.
 */
final class Assignment implements ConsumerRebalanceListener {
  private static final Logger log = LoggerFactory.getLogger(Assignment.class);
  private static final Duration ASK = Duration.ofSeconds(3);

  /** A partition under one epoch; {@code committed} is what the brokers have confirmed. */
  static final class Owned {
    final PartitionLedger ledger;
    private long committed = -1;

    Owned(PartitionLedger ledger) {
      this.ledger = ledger;
    }

    void confirmed(long offset) {
      committed = Math.max(committed, offset);
    }
  }

  private final Consumer<byte[], byte[]> consumer;
  private final FrameDelivery delivery;
  private final SourceSettings settings;
  private final Ownership ownership;
  private final Map<TopicPartition, Owned> owned = new HashMap<>();

  /** Where reading began of those that were assigned: where nothing is committed, it does again. */
  private final Map<TopicPartition, Long> starts = new HashMap<>();

  /** Assigned, and not yet known to have an offset to begin at. */
  private final Set<TopicPartition> unpinned = new HashSet<>();

  private boolean paused;

  Assignment(
      Consumer<byte[], byte[]> consumer,
      FrameDelivery delivery,
      SourceSettings settings,
      Ownership ownership) {
    this.consumer = consumer;
    this.delivery = delivery;
    this.settings = settings;
    this.ownership = ownership;
  }

  /** Whether reading is paused; partitions that come while it is are paused as well. */
  boolean paused() {
    return paused;
  }

  void pause(boolean pause) {
    try {
      if (pause) {
        consumer.pause(consumer.assignment());
      } else {
        consumer.resume(consumer.assignment());
      }
    } catch (IllegalStateException e) {
      // The consumer of the new protocol loses partitions on a thread of its own.
      log.debug("What was assigned has just gone", e);
      return;
    }
    paused = pause;
  }

  /**
   * Commits where reading begins of partitions that have no offset yet, unless that is their
   * beginning: else what comes while nobody reads them would lie before where reading begins the
   * next time. Before the frames are handed on, so that nothing later is committed yet.
   *
   * @param records what the poll brought that may have followed their assignment; if this throws,
   *     it has to be read again
   */
  void pin(ConsumerRecords<byte[], byte[]> records) {
    unpinned.retainAll(consumer.assignment());
    if (unpinned.isEmpty()) {
      return;
    }
    Map<TopicPartition, OffsetAndMetadata> known = consumer.committed(unpinned, ASK);
    Map<TopicPartition, OffsetAndMetadata> begins = new HashMap<>();
    for (TopicPartition partition : unpinned) {
      if (known.get(partition) == null) {
        List<ConsumerRecord<byte[], byte[]>> read = records.records(partition);
        long begin = read.isEmpty() ? consumer.position(partition, ASK) : read.get(0).offset();
        begins.put(partition, new OffsetAndMetadata(begin));
      }
    }
    if (!begins.isEmpty()) {
      consumer.commitSync(begins, ASK);
    }
    unpinned.clear();
  }

  /** The partition's ledger; opened with the first frame that is read of it. */
  PartitionLedger ledger(TopicPartition partition, long firstOffset) {
    Owned entry = owned.get(partition);
    if (entry != null && firstOffset < entry.ledger.end()) {
      log.warn(
          "{}: offset {} after {}: the topic was made anew or its offsets were reset; counting begins again",
          partition,
          firstOffset,
          entry.ledger.end() - 1);
      drop(List.of(partition));
      starts.remove(partition);
      entry = null;
    }
    if (entry == null) {
      entry = new Owned(delivery.open(partition.topic(), partition.partition(), firstOffset));
      owned.put(partition, entry);
      starts.putIfAbsent(partition, firstOffset);
      ownership.gained(entry.ledger.epoch());
    }
    return entry.ledger;
  }

  /** Frames emitted and not yet acknowledged of the partitions that are still here. */
  int inFlight() {
    int sum = 0;
    for (Owned entry : owned.values()) {
      sum += entry.ledger.inFlight();
    }
    return sum;
  }

  /** The partitions of which frames were read. */
  List<TopicPartition> partitions() {
    return List.copyOf(owned.keySet());
  }

  /** What could be committed and is not. */
  Map<TopicPartition, OffsetAndMetadata> uncommitted() {
    return uncommitted(owned.keySet());
  }

  @Nullable Owned owned(TopicPartition partition) {
    return owned.get(partition);
  }

  @Override
  public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
    if (!partitions.isEmpty()) {
      log.info("Reading {}", partitions);
    }
    if (!settings.startFrom().equals("earliest")) {
      unpinned.addAll(partitions);
    }
    if (paused) {
      consumer.pause(partitions);
    }
  }

  @Override
  public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
    // A cooperative group is a generation further by now; nobody else has these before we return,
    // and what is waited for below can only be committed under it.
    ownership.member(consumer.groupMetadata());
    release(partitions, System.nanoTime() + settings.drainTimeout().toNanos());
  }

  @Override
  public void onPartitionsLost(Collection<TopicPartition> partitions) {
    if (!partitions.isEmpty()) {
      log.warn("Lost {}: another instance has them; their frames in flight come again", partitions);
    }
    forget(partitions);
  }

  /** Waits for the frames in flight until the deadline, commits, forgets. */
  void release(Collection<TopicPartition> partitions, long deadlineNanos) {
    List<PartitionLedger> ledgers = ledgers(partitions);
    if (ledgers.isEmpty()) {
      return;
    }
    delivery.withdraw(ledgers);
    int abandoned = 0;
    try {
      for (PartitionLedger ledger : ledgers) {
        if (!ledger.awaitAcknowledged(deadlineNanos)) {
          abandoned += ledger.inFlight();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (abandoned > 0) {
      log.warn("{} frames of {} were not done in time and come again", abandoned, partitions);
    }
    commitNow(partitions);
    forget(partitions);
  }

  /** Abandons what is under way and reads again from the first frame that is not acknowledged. */
  void rewind() {
    delivery.abandon();
    owned.forEach(
        (partition, entry) -> {
          ownership.lost(entry.ledger.epoch());
          consumer.seek(partition, entry.ledger.next());
        });
    owned.clear();
  }

  /**
   * Drops what is under way of those of the partitions that are here, and reads again from what is
   * committed. What of it is answered was answered in a transaction that nobody knows the end of.
   */
  void reread(Set<TopicPartition> partitions) {
    Set<TopicPartition> mine = new HashSet<>(partitions);
    mine.retainAll(owned.keySet());
    mine.retainAll(consumer.assignment());
    if (mine.isEmpty()) {
      return;
    }
    Map<TopicPartition, OffsetAndMetadata> committed = consumer.committed(mine, ASK);
    drop(mine);
    for (TopicPartition partition : mine) {
      OffsetAndMetadata offset = committed.get(partition);
      long next = offset == null ? starts.getOrDefault(partition, -1L) : offset.offset();
      if (next >= 0) {
        log.info("{} is read again from offset {}", partition, next);
        consumer.seek(partition, next);
      }
    }
  }

  private void commitNow(Collection<TopicPartition> partitions) {
    Map<TopicPartition, OffsetAndMetadata> offsets = uncommitted(partitions);
    if (offsets.isEmpty() || settings.transactional()) {
      return;
    }
    try {
      consumer.commitSync(offsets, Duration.ofSeconds(5));
    } catch (RuntimeException e) {
      log.warn("{} could not be committed, those frames come again: {}", offsets, e.toString());
    }
  }

  private void forget(Collection<TopicPartition> partitions) {
    drop(partitions);
    partitions.forEach(starts::remove);
  }

  private void drop(Collection<TopicPartition> partitions) {
    List<PartitionLedger> ledgers = ledgers(partitions);
    delivery.withdraw(ledgers);
    ledgers.forEach(ledger -> ownership.lost(ledger.epoch()));
    partitions.forEach(owned::remove);
  }

  private List<PartitionLedger> ledgers(Collection<TopicPartition> partitions) {
    List<PartitionLedger> ledgers = new ArrayList<>();
    for (TopicPartition partition : partitions) {
      Owned entry = owned.get(partition);
      if (entry != null) {
        ledgers.add(entry.ledger);
      }
    }
    return ledgers;
  }

  private Map<TopicPartition, OffsetAndMetadata> uncommitted(
      Collection<TopicPartition> partitions) {
    Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
    for (TopicPartition partition : partitions) {
      Owned entry = owned.get(partition);
      if (entry != null && entry.ledger.next() > entry.committed) {
        offsets.put(partition, new OffsetAndMetadata(entry.ledger.next()));
      }
    }
    return offsets;
  }
}
