package dev.millrace.connectors.memory;

import dev.millrace.connectors.FramePosition;
import dev.millrace.connectors.FrameRecord;
import dev.millrace.connectors.FrameSource;
import dev.millrace.connectors.delivery.Credits;
import dev.millrace.connectors.delivery.FrameDelivery;
import dev.millrace.connectors.delivery.PartitionLedger;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;

/**
 * Reads an {@link InMemoryTopic} with the same credits, epochs and acknowledgements as the Kafka
 * source. Frames are emitted on the thread that asks, publishes or acknowledges. What is
 * acknowledged contiguously is committed at once.
 */
public final class InMemoryFrameSource implements FrameSource {
  private final InMemoryTopic topic;
  private final FrameDelivery delivery;
  private final List<@Nullable PartitionLedger> ledgers = new ArrayList<>(); // guarded by this
  private final Runnable listener = this::fill;
  private int turn;
  private boolean held;
  private boolean formerSubscriber;
  private volatile boolean healthy = true;

  /** With room for 256 frames and 128 MiB. */
  public InMemoryFrameSource(InMemoryTopic topic) {
    this(topic, 256, 128L << 20);
  }

  /**
   * @param maxFrames emitted or waiting to be and not acknowledged, at which reading pauses
   * @param maxBytes of those frames at which reading pauses
   */
  public InMemoryFrameSource(InMemoryTopic topic, int maxFrames, long maxBytes) {
    this.topic = topic;
    this.delivery =
        new FrameDelivery(new Credits(maxFrames, maxBytes), Runnable::run, this::subscribed);
    for (int i = 0; i < topic.partitions(); i++) {
      ledgers.add(delivery.open(topic.name(), i, topic.committed(i)));
    }
    topic.listen(listener);
    fill();
  }

  @Override
  public Flux<FrameRecord> frames() {
    return delivery.frames();
  }

  @Override
  public void acknowledge(FrameRecord frame) {
    PartitionLedger ledger = delivery.acknowledge(frame);
    if (ledger != null) {
      topic.commit(ledger.partition(), ledger.next());
    }
    fill();
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
    return healthy && !delivery.ended();
  }

  @Override
  public void stop() {
    delivery.stop();
  }

  @Override
  public void close() {
    topic.forget(listener);
    delivery.stop();
  }

  /** Takes the partition away, as a rebalance does: its frames in flight become stale. */
  public void revoke(int partition) {
    synchronized (this) {
      PartitionLedger ledger = ledgers.set(partition, null);
      if (ledger != null) {
        delivery.withdraw(List.of(ledger));
      }
    }
    fill();
  }

  /** Gives the partition back, from what was committed, under a new epoch. */
  public void assign(int partition) {
    synchronized (this) {
      if (ledgers.get(partition) != null) {
        throw new IllegalStateException("partition " + partition + " is here already");
      }
      ledgers.set(partition, delivery.open(topic.name(), partition, topic.committed(partition)));
    }
    fill();
  }

  /** Ends the frames in this error. */
  public void fail(Throwable error) {
    delivery.fail(error);
  }

  /** What {@link #healthy()} says from now on. */
  public void healthy(boolean healthy) {
    this.healthy = healthy;
  }

  private void subscribed(Runnable open) {
    synchronized (this) {
      if (formerSubscriber) {
        rewind();
      }
      formerSubscriber = true;
    }
    open.run();
    if (exhausted()) {
      delivery.complete();
    }
  }

  /** What the former subscriber did not acknowledge comes again. */
  private void rewind() {
    delivery.reopen();
    delivery.abandon();
    for (int i = 0; i < ledgers.size(); i++) {
      PartitionLedger ledger = ledgers.get(i);
      if (ledger != null) {
        ledgers.set(i, delivery.open(topic.name(), i, ledger.next()));
      }
    }
    read();
  }

  private void fill() {
    synchronized (this) {
      read();
    }
    delivery.pump();
    if (exhausted()) {
      delivery.complete();
    }
  }

  private void read() {
    boolean any = true;
    while (any && mayRead()) {
      any = false;
      for (int i = 0; i < ledgers.size() && mayRead(); i++) {
        int partition = (turn + i) % ledgers.size();
        PartitionLedger ledger = ledgers.get(partition);
        if (ledger != null && readOne(ledger)) {
          turn = (partition + 1) % ledgers.size();
          any = true;
          break;
        }
      }
    }
  }

  private boolean mayRead() {
    held = held ? !delivery.credits().restored() : delivery.credits().spent();
    return !held && !delivery.ended();
  }

  private boolean readOne(PartitionLedger ledger) {
    long offset = ledger.end();
    InMemoryTopic.Stored stored = topic.at(ledger.partition(), offset);
    if (stored == null) {
      return false;
    }
    delivery.offer(
        ledger,
        new FrameRecord(
            new FramePosition(topic.name(), ledger.partition(), offset),
            ledger.epoch(),
            stored.camera(),
            stored.value(),
            stored.headers(),
            stored.capturedAt()));
    return true;
  }

  private synchronized boolean exhausted() {
    if (!topic.isSealed() || delivery.ended()) {
      return false;
    }
    for (PartitionLedger ledger : ledgers) {
      if (ledger != null && ledger.end() < topic.end(ledger.partition())) {
        return false;
      }
    }
    return true;
  }
}
