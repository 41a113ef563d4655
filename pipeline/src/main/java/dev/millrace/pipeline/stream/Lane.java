package dev.millrace.pipeline.stream;

import dev.millrace.components.image.Frame;
import dev.millrace.components.modeling.Detections;
import dev.millrace.components.modeling.Detector;
import dev.millrace.components.modeling.DeviceLostException;
import dev.millrace.components.modeling.Preprocessor;
import dev.millrace.connectors.DeadLetterReason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * One device, one thread, one live model. A batch is one task of that thread, a switch of models
 * another: the thread's queue is all there is between them, so a switch always falls between two
 * batches and no frame meets two models.
 */
public final class Lane implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Lane.class);

  private final int number;
  private final FlowObserver observer;
  private final ExecutorService thread;
  private final Scheduler scheduler;
  private final AtomicInteger onTheWay = new AtomicInteger();
  private volatile @Nullable LaneModel live; // only written by the lane's thread

  /**
   * @param number from 0; partitions whose number modulo the count of lanes is this one come here
   */
  public Lane(int number, FlowObserver observer) {
    this.number = number;
    this.observer = observer;
    this.thread = Executors.newSingleThreadExecutor(new NamedThreads("lane-" + number));
    this.scheduler = Schedulers.fromExecutorService(thread, "lane-" + number);
  }

  /**
   * Makes {@code next} live once the batches before it are done.
   *
   * @return the model that was live before, if any; {@link #close(Detector) close} it
   */
  public Mono<LaneModel> switchTo(LaneModel next) {
    return task(
        () -> {
          LaneModel before = live;
          live = next;
          return before;
        });
  }

  /** Closes, on this lane's thread, a detector that was built for it and is not live. */
  public Mono<Void> close(Detector detector) {
    return task(
        () -> {
          closeQuietly(detector);
          return null;
        });
  }

  /**
   * What the live model wants of a frame, made ahead of time on a decoding thread. Nothing is lost
   * where that fails, or where another model is live by the time the frame's turn comes: the lane
   * then prepares the frame itself.
   */
  DecodedFrame.@Nullable Prepared prepare(Frame frame) {
    LaneModel model = live;
    if (model == null) {
      return null;
    }
    long start = System.nanoTime();
    try {
      Preprocessor preprocessor = model.detector().preprocessor();
      return new DecodedFrame.Prepared(preprocessor, preprocessor.preprocess(frame));
    } catch (RuntimeException | StackOverflowError | LinkageError | AssertionError e) {
      // The lane meets the same failure where it can be told from a model that was just closed.
      log.debug("a frame was not prepared ahead of time", e);
      return null;
    } finally {
      observer.prepared(System.nanoTime() - start);
    }
  }

  /** Frames that will come to this lane and are still being decoded. */
  AtomicInteger onTheWay() {
    return onTheWay;
  }

  /**
   * Runs the live model over each batch, one at a time; asks for the next when idle.
   *
   * @param done told of each batch whose pixels are needed no more
   */
  Flux<Outcome> run(Flux<FrameBatch> batches, Consumer<FrameBatch> done) {
    // Prefetch 0: a batch is closed as late as possible, so it is as large as possible.
    return batches
        .concatMap(
            batch ->
                this.<List<Outcome>>task(() -> process(batch))
                    .doOnTerminate(() -> done.accept(batch)),
            0)
        .concatMapIterable(outcomes -> outcomes, 1);
  }

  private <T> Mono<T> task(Callable<@Nullable T> work) {
    return Mono.<T>fromCallable(
            () -> {
              try {
                return work.call();
              } catch (DeviceLostException | Error e) {
                // As an Error it would end this thread and nobody would hear of it.
                throw new LaneFailedException("lane " + number, e);
              }
            })
        .subscribeOn(scheduler);
  }

  private List<Outcome> process(FrameBatch batch) {
    LaneModel model = live;
    if (model == null) {
      throw new IllegalStateException("lane " + number + " has frames and no model");
    }
    List<DecodedFrame> frames = batch.frames();
    List<Outcome> answers = new ArrayList<>(frames.size());
    Bisection.run(frames, some -> detect(model, some), Lane::rejected, answers);
    if (answers.size() == batch.items().size()) {
      return answers;
    }
    Iterator<Outcome> next = answers.iterator();
    List<Outcome> all = new ArrayList<>(batch.items().size());
    for (Decoded item : batch.items()) {
      all.add(item instanceof Rejected rejected ? rejected : next.next());
    }
    return all;
  }

  private List<Outcome> detect(LaneModel model, List<DecodedFrame> frames) {
    long start = System.nanoTime();
    List<Detections> found;
    try {
      found =
          model.detector().infer(frames.stream().map(f -> f.imageFor(model.detector())).toList());
    } finally {
      observer.ran(number, frames.size(), System.nanoTime() - start);
    }
    if (found.size() != frames.size()) {
      throw new IllegalStateException(
          "the model answered " + frames.size() + " frames with " + found.size() + " results");
    }
    long nanos = System.nanoTime() - start;
    List<Outcome> outcomes = new ArrayList<>(frames.size());
    for (int i = 0; i < frames.size(); i++) {
      DecodedFrame frame = frames.get(i);
      outcomes.add(
          new Detected(
              frame.record(),
              Events.of(frame, model.revision(), found.get(i), start, nanos, frames.size())));
    }
    return outcomes;
  }

  private static Outcome rejected(DecodedFrame frame, Throwable failure) {
    log.warn(
        "{} of camera {} cannot be processed",
        frame.record().position(),
        frame.record().camera(),
        failure);
    return new Rejected(
        frame.record(),
        new DeadLetterReason(DeadLetterReason.PROCESSING_FAILED, failure.toString()));
  }

  private void closeQuietly(Detector detector) {
    try {
      detector.close();
    } catch (RuntimeException e) {
      log.error("lane {}: a model that is no longer used did not close", number, e);
    }
  }

  /** Finishes what the thread has begun, closes the live model on it, ends it. */
  @Override
  public void close() {
    if (thread.isShutdown()) {
      return;
    }
    thread.execute(
        () -> {
          if (live != null) {
            closeQuietly(live.detector());
          }
          live = null;
        });
    thread.shutdown();
    try {
      if (!thread.awaitTermination(CLOSING.toSeconds(), TimeUnit.SECONDS)) {
        log.error("lane {} is still busy after {}; its model stays open", number, CLOSING);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    scheduler.dispose();
  }

  private static final Duration CLOSING = Duration.ofSeconds(30);
}
