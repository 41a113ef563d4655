package dev.millrace.pipeline.stream;

import dev.millrace.components.image.Frame;
import dev.millrace.connectors.DeadLetterReason;
import dev.millrace.connectors.FrameRecord;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * A bounded number of threads that decode and prepare, with as many decoders. Decodes no further
 * ahead than the pixels' budget allows.
 */
final class DecodePool implements AutoCloseable {

  private final ExecutorService threads;
  private final Scheduler scheduler;
  private final Queue<FrameDecoder> decoders = new ConcurrentLinkedQueue<>();
  private final FrameDecoder measuring; // one of them
  private final PixelBudget budget;
  private final Function<FrameRecord, Lane> lanes;
  private final FlowObserver observer;

  /**
   * @param lanes where a frame will go: its model prepares the frame as soon as it is decoded
   */
  DecodePool(
      FlowSettings settings,
      Supplier<? extends FrameDecoder> decoders,
      Function<FrameRecord, Lane> lanes,
      FlowObserver observer) {
    this.lanes = lanes;
    int threads = settings.decodeThreads();
    this.threads = Executors.newFixedThreadPool(threads, new NamedThreads("decode"));
    this.scheduler = Schedulers.fromExecutorService(this.threads, "decode");
    for (int i = 0; i < threads; i++) {
      this.decoders.add(decoders.get());
    }
    this.measuring = this.decoders.element();
    this.budget = new PixelBudget(settings.maxPixelBytes());
    this.observer = observer;
  }

  /**
   * Decodes on one of the threads, once there is room for the pixels: counts the frame as on the
   * way to its lane from then on, since a lane must not wait for a frame that waits for the lane.
   * Never an error but for a {@link LaneFailedException}. Call in the order of the frames.
   */
  Mono<Decoded> decode(FrameRecord record) {
    long arrived = System.nanoTime();
    long expected = expected(record);
    return Mono.<Long>create(
            entered ->
                budget.enter(
                    expected,
                    () -> {
                      lanes.apply(record).onTheWay().incrementAndGet();
                      entered.success(expected);
                    }))
        .publishOn(scheduler)
        .map(
            reserved -> {
              Decoded decoded = decode(record, arrived);
              budget.add(held(decoded) - reserved);
              return decoded;
            });
  }

  private long expected(FrameRecord record) {
    try {
      return measuring.pixelBytes(record);
    } catch (RuntimeException e) {
      return 0; // decoding meets the same, where it becomes a dead letter
    }
  }

  /** The lane is done with these. */
  void release(FrameBatch batch) {
    budget.add(-batch.items().stream().mapToLong(DecodePool::held).sum());
  }

  /** Bytes of pixels that are held. */
  long heldBytes() {
    return budget.held();
  }

  private static long held(Decoded decoded) {
    return decoded instanceof DecodedFrame frame ? frame.bytes() : 0;
  }

  private Decoded decode(FrameRecord record, long arrived) {
    FrameDecoder decoder = decoders.remove(); // there is one for each thread
    long start = System.nanoTime();
    Decoded decoded;
    long nanos = 0;
    try {
      Frame pixels = decoder.decode(record);
      nanos = System.nanoTime() - start;
      DecodedFrame.Prepared prepared = lanes.apply(record).prepare(pixels);
      decoded = new DecodedFrame(record, pixels, prepared, arrived, System.nanoTime() - start);
    } catch (UndecodableFrameException e) {
      decoded = new Rejected(record, e.reason());
    } catch (RuntimeException | StackOverflowError | LinkageError | AssertionError e) {
      decoded =
          new Rejected(record, new DeadLetterReason(DeadLetterReason.UNDECODABLE, e.toString()));
    } catch (Error e) {
      throw new LaneFailedException("decoding " + record.position(), e);
    } finally {
      decoders.add(decoder);
    }
    observer.decoded(decoded, nanos == 0 ? System.nanoTime() - start : nanos);
    return decoded;
  }

  /** Waits for what is being decoded; a decoder that does not come back in time stays open. */
  @Override
  public void close() {
    threads.shutdownNow();
    scheduler.dispose();
    try {
      threads.awaitTermination(5, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    for (FrameDecoder d = decoders.poll(); d != null; d = decoders.poll()) {
      d.close();
    }
  }
}
