package dev.millrace.connectors.delivery;

import dev.millrace.connectors.FrameRecord;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;

/**
 * The way of frames from a reader to a subscriber and of acknowledgements back. A source opens a
 * ledger per partition that it is given, offers what it reads while {@link #credits()} last, and
 * commits what the ledgers say. What is in flight never exceeds the credits, but for a frame that
 * is larger than all of them, which goes alone; what is read beyond them waits.
 *
 * <p>{@link #open}, {@link #offer}, {@link #withdraw} and {@link #abandon} belong to the reading
 * thread; everything else may be called from any.
 */
public final class FrameDelivery {
  private final Credits credits;
  private final FrameOutlet outlet;
  private final AtomicInteger epochs = new AtomicInteger();
  private final Map<Integer, PartitionLedger> ledgers = new ConcurrentHashMap<>();
  private final AtomicInteger framesInFlight = new AtomicInteger();
  private final AtomicLong bytesInFlight = new AtomicLong();

  /**
   * @param executor where frames are emitted: one thread, or the caller's own
   * @param onSubscribe runs for every subscription; no frame is emitted to it before this, on
   *     whatever thread, has run what it is given. Where there was a subscriber before, {@link
   *     #abandon} comes first
   */
  public FrameDelivery(Credits credits, Executor executor, Consumer<Runnable> onSubscribe) {
    this.credits = credits;
    this.outlet =
        new FrameOutlet(executor, this::hasRoom, this::emitted, this::dropped, onSubscribe);
  }

  public Flux<FrameRecord> frames() {
    return Flux.from(outlet);
  }

  public Credits credits() {
    return credits;
  }

  /** A ledger for a partition that this source reads from now on, under an epoch of its own. */
  public PartitionLedger open(String topic, int partition, long start) {
    int epoch = epochs.incrementAndGet();
    PartitionLedger ledger = new PartitionLedger(topic, partition, epoch, start);
    ledgers.put(epoch, ledger);
    return ledger;
  }

  /**
   * Takes a frame to be emitted; it has the ledger's epoch. Call {@link #pump()} after the last.
   */
  public void offer(PartitionLedger ledger, FrameRecord frame) {
    ledger.begin(frame.position().offset());
    credits.take(frame.value().length);
    outlet.offer(frame, ledger);
  }

  /** Emits what was offered, as far as there is demand. */
  public void pump() {
    outlet.pump();
  }

  /**
   * The partition was taken away: what waits of it is dropped, nothing more is emitted. What was
   * emitted still counts against the credits until it is acknowledged.
   */
  public void withdraw(Iterable<PartitionLedger> partitions) {
    partitions.forEach(PartitionLedger::withdraw);
    outlet.purge();
    partitions.forEach(this::forgetIfDone);
  }

  /**
   * The subscriber has gone: whatever waits is dropped, and what was emitted counts no more,
   * neither against the credits nor as in flight; acknowledgements of it change nothing from here
   * on. All ledgers end; what they say may be committed stays what it is.
   */
  public void abandon() {
    List<PartitionLedger> all = List.copyOf(ledgers.values());
    ledgers.clear();
    all.forEach(PartitionLedger::withdraw);
    outlet.purge();
    for (PartitionLedger ledger : all) {
      PartitionLedger.Emitted emitted = ledger.abandon();
      framesInFlight.addAndGet(-emitted.frames());
      bytesInFlight.addAndGet(-emitted.bytes());
      credits.giveBack(emitted.frames(), emitted.bytes());
    }
  }

  /**
   * @return the frame's ledger, or null if the acknowledgement changes no offset of a partition
   *     that this source still has: a stale or a second one
   */
  public @Nullable PartitionLedger acknowledge(FrameRecord frame) {
    PartitionLedger ledger = ledgers.get(frame.epoch());
    if (ledger == null
        || ledger.partition() != frame.position().partition()
        || !ledger.topic().equals(frame.position().topic())
        || !ledger.complete(frame.position().offset(), frame.value().length)) {
      return null;
    }
    int size = frame.value().length;
    framesInFlight.decrementAndGet();
    bytesInFlight.addAndGet(-size);
    credits.giveBack(1, size);
    outlet.roomMade();
    forgetIfDone(ledger);
    return ledger.withdrawn() ? null : ledger;
  }

  /** Frames emitted and not yet acknowledged. */
  public int framesInFlight() {
    return framesInFlight.get();
  }

  /** Their bytes. */
  public long bytesInFlight() {
    return bytesInFlight.get();
  }

  /** The frames end once all that were offered have been emitted. */
  public void complete() {
    outlet.completeAfterWaiting();
  }

  /** Takes back {@link #complete()}: a new subscriber gets again what was not acknowledged. */
  public void reopen() {
    outlet.reopen();
  }

  /** The frames end now; what was offered and not emitted is dropped. */
  public void stop() {
    outlet.completeNow();
  }

  /** The frames end in an error now. */
  public void fail(Throwable error) {
    outlet.fail(error);
  }

  /** Whether the frames were told to end. */
  public boolean ended() {
    return outlet.ended();
  }

  private boolean hasRoom(FrameOutlet.Waiting entry) {
    return credits.allow(
        framesInFlight.get() + 1, bytesInFlight.get() + entry.frame().value().length);
  }

  private void emitted(FrameOutlet.Waiting entry) {
    framesInFlight.incrementAndGet();
    bytesInFlight.addAndGet(entry.frame().value().length);
  }

  private void dropped(FrameOutlet.Waiting entry) {
    credits.giveBack(1, entry.frame().value().length);
  }

  private void forgetIfDone(PartitionLedger ledger) {
    if (ledger.withdrawn() && ledger.inFlight() == 0) {
      ledgers.remove(ledger.epoch());
    }
  }
}
