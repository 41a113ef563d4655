package dev.millrace.connectors.delivery;

import dev.millrace.connectors.FrameRecord;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import reactor.core.Exceptions;
import reactor.core.publisher.Operators;

/**
 * Hands frames to one subscriber at a time, as many as it has asked for, on the executor's thread.
 * What it has not asked for waits here. Partitions take turns: a broker answers with long runs of
 * one partition, and whoever comes later must not wait for the end of a run.
 */
final class FrameOutlet implements Publisher<FrameRecord> {

  /** A frame that waits. */
  record Waiting(FrameRecord frame, PartitionLedger ledger) {}

  private enum End {
    OPEN,
    AFTER_WAITING,
    NOW
  }

  private final Executor executor;
  private final Predicate<Waiting> hasRoom;
  private final Consumer<Waiting> onEmit;
  private final Consumer<Waiting> onDrop;
  private final Consumer<Runnable> onSubscribe;
  private final FairQueue waiting = new FairQueue(); // guarded by itself
  private final AtomicInteger work = new AtomicInteger();
  private volatile boolean held;
  private final AtomicReference<@Nullable Tap> tap = new AtomicReference<>();
  private volatile End end = End.OPEN;
  private volatile @Nullable Throwable failure;

  /**
   * @param hasRoom whether a frame may be emitted now; if not, {@link #roomMade()} tells when to
   *     ask again
   * @param onEmit runs before a frame is emitted
   * @param onDrop runs for a frame that waited and will not be emitted
   * @param onSubscribe runs for every subscription, to which no frame is emitted before it has run
   *     what it is given
   */
  FrameOutlet(
      Executor executor,
      Predicate<Waiting> hasRoom,
      Consumer<Waiting> onEmit,
      Consumer<Waiting> onDrop,
      Consumer<Runnable> onSubscribe) {
    this.executor = executor;
    this.hasRoom = hasRoom;
    this.onEmit = onEmit;
    this.onDrop = onDrop;
    this.onSubscribe = onSubscribe;
  }

  void offer(FrameRecord frame, PartitionLedger ledger) {
    synchronized (waiting) {
      waiting.add(new Waiting(frame, ledger));
    }
  }

  /** Drops what waits of partitions that were taken away. */
  void purge() {
    List<Waiting> dropped;
    synchronized (waiting) {
      dropped = waiting.removeWithdrawn();
    }
    dropped.forEach(onDrop);
  }

  /** Completes once everything that waits has been emitted. */
  void completeAfterWaiting() {
    if (end == End.OPEN) {
      end = End.AFTER_WAITING;
    }
    pump();
  }

  /** Takes back {@link #completeAfterWaiting()}, for a new subscriber. */
  void reopen() {
    if (end == End.AFTER_WAITING) {
      end = End.OPEN;
    }
  }

  /** Drops everything that waits and completes. */
  void completeNow() {
    end = End.NOW;
    pump();
  }

  /** Drops everything that waits and ends in an error. */
  void fail(Throwable error) {
    failure = error;
    end = End.NOW;
    pump();
  }

  boolean ended() {
    return end != End.OPEN;
  }

  @Override
  public void subscribe(Subscriber<? super FrameRecord> subscriber) {
    Tap opened = new Tap(subscriber);
    if (!tap.compareAndSet(null, opened)) {
      Operators.error(
          subscriber, new IllegalStateException("a source of frames has one subscriber at a time"));
      return;
    }
    subscriber.onSubscribe(opened);
    opened.subscribed = true;
    try {
      onSubscribe.accept(opened::open);
    } catch (RuntimeException e) {
      fail(e);
    }
    pump();
  }

  /** Emits what can be emitted, on the executor. */
  void pump() {
    if (work.getAndIncrement() == 0) {
      executor.execute(this::drain);
    }
  }

  /** A frame that was held back may be emitted now. */
  void roomMade() {
    if (held) {
      pump();
    }
  }

  private void drain() {
    int missed = 1;
    do {
      Tap current = tap.get();
      while (current != null && current.ready() && emitOne(current)) {}
      if (end == End.NOW) {
        dropAll();
      }
      if (current != null && current.mayEnd(end) && isEmpty()) {
        finish(current);
      }
      missed = work.addAndGet(-missed);
    } while (missed != 0);
  }

  private boolean emitOne(Tap current) {
    if (end == End.NOW) {
      return false;
    }
    Waiting entry = next();
    if (entry == null) {
      return false;
    }
    if (!entry.ledger().emit(entry.frame().value().length)) {
      onDrop.accept(entry);
      return true;
    }
    onEmit.accept(entry);
    current.produced();
    current.subscriber.onNext(entry.frame());
    return true;
  }

  private @Nullable Waiting next() {
    synchronized (waiting) {
      Waiting first = waiting.peek();
      if (first == null) {
        return null;
      }
      held = true; // before it is asked: whoever makes room from here on pumps
      if (!hasRoom.test(first)) {
        return null;
      }
      held = false;
      return waiting.poll();
    }
  }

  private void finish(Tap current) {
    if (!tap.compareAndSet(current, null)) {
      return;
    }
    Throwable error = failure;
    if (error == null) {
      current.subscriber.onComplete();
    } else {
      current.subscriber.onError(Exceptions.unwrap(error));
    }
  }

  private void dropAll() {
    while (true) {
      Waiting entry;
      synchronized (waiting) {
        entry = waiting.poll();
      }
      if (entry == null) {
        return;
      }
      onDrop.accept(entry);
    }
  }

  private boolean isEmpty() {
    synchronized (waiting) {
      return waiting.isEmpty();
    }
  }

  /** One subscription. */
  private final class Tap implements Subscription {
    private final Subscriber<? super FrameRecord> subscriber;
    private final AtomicLong requested = new AtomicLong();
    private volatile boolean subscribed;
    private volatile boolean open;

    Tap(Subscriber<? super FrameRecord> subscriber) {
      this.subscriber = subscriber;
    }

    /** From here on what waits is for this subscriber. */
    void open() {
      open = true;
      pump();
    }

    boolean ready() {
      return open && requested.get() > 0 && tap.get() == this;
    }

    /** What waits is not known to be the end before this subscriber's frames are there. */
    boolean mayEnd(End end) {
      return subscribed && (end == End.NOW || (end == End.AFTER_WAITING && open));
    }

    void produced() {
      if (requested.get() != Long.MAX_VALUE) {
        requested.decrementAndGet();
      }
    }

    @Override
    public void request(long n) {
      if (Operators.validate(n)) {
        requested.accumulateAndGet(n, Operators::addCap);
        pump();
      }
    }

    @Override
    public void cancel() {
      tap.compareAndSet(this, null);
    }
  }
}
