package dev.millrace.pipeline.stream;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxOperator;
import reactor.core.publisher.Operators;
import reactor.core.scheduler.Scheduler;

/**
 * Frames to batches, as large as the moment allows.
 *
 * <p>Demand from below means that the lane is idle. While it is busy frames gather here; when it
 * asks, it gets what there is. So an idle lane gets a frame at once (lowest latency) and a busy one
 * gets full batches (highest throughput), and neither needs to be told which of the two it is. An
 * idle lane waits only if there is somebody to wait for: frames that left the source and are not
 * here yet. It then waits until the batch is full, until nobody else is on the way, or until the
 * oldest frame has waited {@code maxDelay}, whichever comes first.
 */
final class AdaptiveBatcher extends FluxOperator<Decoded, FrameBatch> {

  private final int maxBatch;
  private final int window;
  private final long maxDelayNanos;
  private final AtomicInteger onTheWay;
  private final Scheduler timer;

  /**
   * @param onTheWay frames that will come and are not here yet; counted up by whoever sees them
   *     first, counted down here
   */
  AdaptiveBatcher(
      Flux<? extends Decoded> source,
      FlowSettings settings,
      AtomicInteger onTheWay,
      Scheduler timer) {
    super(source);
    this.maxBatch = settings.maxBatch();
    this.window = settings.batchWindow();
    this.maxDelayNanos = settings.maxDelay().toNanos();
    this.onTheWay = onTheWay;
    this.timer = timer;
  }

  @Override
  public void subscribe(CoreSubscriber<? super FrameBatch> lane) {
    source.subscribe(new Gathering(lane));
  }

  /** One subscription. Whoever raises {@code work} from zero drains; all else is handed over. */
  private final class Gathering implements CoreSubscriber<Decoded>, Subscription {

    private final CoreSubscriber<? super FrameBatch> lane;
    private final Queue<Decoded> arrivals = new ConcurrentLinkedQueue<>();
    private final AtomicInteger work = new AtomicInteger();
    private final AtomicLong demand = new AtomicLong();
    private volatile boolean cancelled;
    private volatile boolean ended;
    private @Nullable Throwable failure; // written before ended
    private @Nullable Subscription upstream;

    // Only touched by whoever drains.
    private final WaitingFrames waiting = new WaitingFrames();
    private @Nullable Disposable alarm;

    private Gathering(CoreSubscriber<? super FrameBatch> lane) {
      this.lane = lane;
    }

    @Override
    public void onSubscribe(Subscription subscription) {
      upstream = subscription;
      lane.onSubscribe(this);
      subscription.request(window);
    }

    @Override
    public void onNext(Decoded frame) {
      arrivals.add(frame);
      onTheWay.decrementAndGet();
      drain();
    }

    @Override
    public void onError(Throwable e) {
      failure = e;
      ended = true;
      drain();
    }

    @Override
    public void onComplete() {
      ended = true;
      drain();
    }

    @Override
    public void request(long batches) {
      if (Operators.validate(batches)) {
        demand.accumulateAndGet(batches, Operators::addCap);
        drain();
      }
    }

    @Override
    public void cancel() {
      cancelled = true;
      if (upstream != null) {
        upstream.cancel();
      }
      drain();
    }

    private void drain() {
      if (work.getAndIncrement() != 0) {
        return;
      }
      int seen = 1;
      do {
        step();
        seen = work.addAndGet(-seen);
      } while (seen != 0);
    }

    private void step() {
      boolean last = ended; // before looking at the arrivals, so that none is missed
      for (Decoded frame = arrivals.poll(); frame != null; frame = arrivals.poll()) {
        waiting.add(frame, now());
      }
      while (!cancelled && demand.get() > 0 && !waiting.isEmpty() && due(last)) {
        FrameBatch batch = waiting.take(maxBatch);
        demand.decrementAndGet();
        if (upstream != null) {
          upstream.request(batch.items().size());
        }
        lane.onNext(batch);
      }
      if (cancelled) {
        waiting.clear();
        silence();
      } else if (last && waiting.isEmpty() && arrivals.isEmpty()) {
        cancelled = true; // nothing after the end
        silence();
        if (failure == null) {
          lane.onComplete();
        } else {
          lane.onError(failure);
        }
      }
    }

    private boolean due(boolean last) {
      if (last
          || maxDelayNanos == 0
          || onTheWay.get() <= 0
          || waiting.size() >= window
          || waiting.batchSize() >= maxBatch) {
        return true;
      }
      long left = waiting.oldest() + maxDelayNanos - now();
      if (left <= 0) {
        return true;
      }
      silence();
      alarm = timer.schedule(this::drain, left, TimeUnit.NANOSECONDS);
      return false;
    }

    private void silence() {
      if (alarm != null) {
        alarm.dispose();
        alarm = null;
      }
    }

    private long now() {
      return timer.now(TimeUnit.NANOSECONDS);
    }
  }
}
