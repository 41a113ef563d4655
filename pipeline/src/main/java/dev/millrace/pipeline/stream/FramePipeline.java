package dev.millrace.pipeline.stream;

import dev.millrace.connectors.EventSink;
import dev.millrace.connectors.FrameRecord;
import dev.millrace.connectors.FrameSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.GroupedFlux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * Frames in, events out: from a source through the lanes to a sink. Owns the threads that decode
 * and deliver; source, sink and lanes belong to the caller, who closes them after this.
 */
public final class FramePipeline implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(FramePipeline.class);

  private final FrameSource source;
  private final EventSink sink;
  private final List<Lane> lanes;
  private final FlowSettings settings;
  private final FlowObserver observer;
  private final DecodePool decoders;
  private final Scheduler deliveryThread = Schedulers.newSingle(new NamedThreads("delivery"));
  private final Delivery delivery;
  private final CompletableFuture<Void> ended = new CompletableFuture<>();
  private final Disposable flow;

  private FramePipeline(
      FrameSource source,
      Supplier<? extends FrameDecoder> decoders,
      List<Lane> lanes,
      EventSink sink,
      FlowSettings settings,
      FlowObserver observer) {
    this.source = source;
    this.sink = sink;
    this.lanes = List.copyOf(lanes);
    this.settings = settings;
    this.observer = observer;
    this.decoders = new DecodePool(settings, decoders, this::lane, observer);
    this.delivery = new Delivery(sink, source, observer, deliveryThread);
    this.flow = flow().subscribe(nothing -> {}, ended::completeExceptionally, this::finished);
  }

  /**
   * Lets frames flow. Every lane must have got its first model.
   *
   * @param decoders called once for each decoding thread
   */
  public static FramePipeline start(
      FrameSource source,
      Supplier<? extends FrameDecoder> decoders,
      List<Lane> lanes,
      EventSink sink,
      FlowSettings settings,
      FlowObserver observer) {
    return new FramePipeline(source, decoders, lanes, sink, settings, observer);
  }

  private Mono<Void> flow() {
    return source
        .frames()
        .doOnNext(observer::arrived)
        .flatMapSequential(decoders::decode, settings.decodeWindow(), 1)
        .groupBy(frame -> laneOf(frame.record()), settings.maxBatch())
        .flatMap(this::throughLane, lanes.size(), settings.maxBatch())
        .publishOn(deliveryThread, settings.deliveryWindow())
        .flatMap(delivery::deliver, settings.deliveryWindow(), 1)
        .then();
  }

  private Flux<Outcome> throughLane(GroupedFlux<Integer, Decoded> frames) {
    Lane lane = lanes.get(frames.key());
    return lane.run(
        new AdaptiveBatcher(frames, settings, lane.onTheWay(), Schedulers.parallel()),
        decoders::release);
  }

  private Lane lane(FrameRecord frame) {
    return lanes.get(laneOf(frame));
  }

  private int laneOf(FrameRecord frame) {
    return frame.position().partition() % lanes.size();
  }

  private void finished() {
    ended.complete(null);
  }

  /**
   * Completes when the source is drained and everything delivered, or the flow was stopped; fails
   * when the source or a lane failed for good.
   */
  public CompletableFuture<Void> ended() {
    return ended.copy();
  }

  /** Bytes of decoded pixels that are held. */
  long pixelBytes() {
    return decoders.heldBytes();
  }

  /** Why frames do not flow as they should, a sentence each; empty if all is well. */
  public List<String> troubles() {
    List<String> troubles = new ArrayList<>();
    if (ended.isCompletedExceptionally()) {
      troubles.add("the pipeline failed: " + ended.handle((ok, e) -> e).join().getMessage());
    } else if (ended.isDone()) {
      troubles.add("the pipeline has ended");
    }
    if (!source.healthy()) {
      String known = source.trouble();
      troubles.add("the source does not deliver frames" + (known == null ? "" : ": " + known));
    }
    Throwable trouble = delivery.trouble();
    if (trouble != null) {
      troubles.add("the sink takes no events: " + trouble.getMessage());
    } else if (!sink.healthy()) {
      String known = sink.trouble();
      troubles.add("the sink is not healthy" + (known == null ? "" : ": " + known));
    }
    return troubles;
  }

  /**
   * Asks the source for no more frames and waits until those in flight are delivered.
   *
   * @param deadline after which what is still in flight is given up; it is not acknowledged, so
   *     nothing is lost
   * @return whether everything was delivered
   */
  public boolean stop(Duration deadline) {
    source.stop();
    try {
      ended.get(deadline.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException e) {
      log.warn(
          "giving up {} frames that were not delivered within {}; they will be read again",
          source.framesInFlight(),
          deadline);
    } catch (ExecutionException e) {
      log.debug("the flow had failed before it was stopped", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    flow.dispose();
    ended.complete(null);
    return false;
  }

  /**
   * Ends the threads. Call after {@link #stop} and after the sink was flushed, so that late
   * acknowledgements still reach the source.
   */
  @Override
  public void close() {
    flow.dispose();
    ended.complete(null);
    decoders.close();
    deliveryThread.disposeGracefully().block(Duration.ofSeconds(10));
  }
}
