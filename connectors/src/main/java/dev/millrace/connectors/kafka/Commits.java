package dev.millrace.connectors.kafka;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * When offsets are committed while reading: after so many acknowledgements or so much time, one
 * commit at a time, so that offsets never fall. What a failed commit left is in the next one;
 * nothing waits for it.
 */
final class Commits {
  private static final Logger log = LoggerFactory.getLogger(Commits.class);
  private static final long RETRY_NANOS = 200_000_000L;
  private static final int WARN_EVERY = 5;

  private final Consumer<byte[], byte[]> consumer;
  private final Assignment assignment;
  private final LongSupplier nanos;
  private final long intervalNanos;
  private final int every;
  private final AtomicInteger acknowledged = new AtomicInteger();
  private boolean underWay;
  private long due;
  private int failures;

  Commits(
      Consumer<byte[], byte[]> consumer,
      Assignment assignment,
      LongSupplier nanos,
      SourceSettings settings) {
    this.consumer = consumer;
    this.assignment = assignment;
    this.nanos = nanos;
    this.intervalNanos = settings.commitInterval().toNanos();
    this.every = settings.commitEvery();
    this.due = nanos.getAsLong() + intervalNanos;
  }

  /** From any thread. */
  void acknowledged() {
    acknowledged.incrementAndGet();
  }

  /** From the poll thread, once a turn. */
  void commitIfDue() {
    if (underWay || (nanos.getAsLong() < due && (failures > 0 || acknowledged.get() < every))) {
      return;
    }
    acknowledged.set(0);
    due = nanos.getAsLong() + intervalNanos;
    Map<TopicPartition, OffsetAndMetadata> offsets = assignment.uncommitted();
    if (offsets.isEmpty()) {
      return;
    }
    Map<TopicPartition, Assignment.Owned> holders = new HashMap<>();
    for (TopicPartition partition : offsets.keySet()) {
      Assignment.Owned owned = assignment.owned(partition);
      if (owned != null) {
        holders.put(partition, owned);
      }
    }
    underWay = true;
    try {
      consumer.commitAsync(offsets, (sent, error) -> answered(offsets, holders, error));
    } catch (RuntimeException e) {
      answered(offsets, holders, e);
    }
  }

  private void answered(
      Map<TopicPartition, OffsetAndMetadata> offsets,
      Map<TopicPartition, Assignment.Owned> holders,
      @Nullable Exception error) {
    underWay = false;
    if (error == null) {
      failures = 0;
      holders.forEach(
          (partition, owned) -> {
            OffsetAndMetadata offset = offsets.get(partition);
            if (offset != null) {
              owned.confirmed(offset.offset());
            }
          });
      return;
    }
    failures++;
    due = nanos.getAsLong() + Math.min(RETRY_NANOS << Math.min(failures, 4), 5_000_000_000L);
    log.debug("A commit of {} failed and is tried again", offsets, error);
    if (failures % WARN_EVERY == 0) {
      log.warn(
          "Offsets could not be committed {} times, last: {} Frames flow on; after a restart they"
              + " would come again",
          failures,
          Troubles.sentence(error));
    }
  }
}
