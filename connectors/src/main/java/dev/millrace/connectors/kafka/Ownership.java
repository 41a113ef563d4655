package dev.millrace.connectors.kafka;

import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.jspecify.annotations.Nullable;

/**
 * Which epochs of which partitions are this consumer's, and under which generation of the group.
 *
 * <p>Both are told by the poll thread and asked together by whoever commits: a generation that was
 * read while an epoch was owned is one of those under which it was owned, and brokers refuse what
 * is committed under it once the partition has gone to somebody else. Thread-safe.
 */
final class Ownership {
  private final Set<Integer> epochs = new HashSet<>();
  private @Nullable ConsumerGroupMetadata group;

  synchronized void gained(int epoch) {
    epochs.add(epoch);
  }

  synchronized void lost(int epoch) {
    epochs.remove(epoch);
  }

  /** The group as it is after a poll. */
  synchronized void member(ConsumerGroupMetadata now) {
    group = now;
  }

  synchronized boolean owns(int epoch) {
    return epochs.contains(epoch);
  }

  /** The group's generation, or null if one of the epochs is no longer this consumer's. */
  synchronized @Nullable ConsumerGroupMetadata claim(Collection<Integer> asked) {
    return epochs.containsAll(asked) ? group : null;
  }
}
