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

/** A bounded number of threads that decode and prepare, with as many decoders. */
final class DecodePool implements AutoCloseable {

  private final ExecutorService threads;
  private final Scheduler scheduler;
  private final Queue<FrameDecoder> decoders = new ConcurrentLinkedQueue<>();
  private final Function<FrameRecord, Lane> lanes;
  private final FlowObserver observer;

  /**
   * @param lanes where a frame will go: its model prepares the frame as soon as it is decoded
   */
  DecodePool(
      int threads,
      Supplier<? extends FrameDecoder> decoders,
      Function<FrameRecord, Lane> lanes,
      FlowObserver observer) {
    this.lanes = lanes;
    this.threads = Executors.newFixedThreadPool(threads, new NamedThreads("decode"));
    this.scheduler = Schedulers.fromExecutorService(this.threads, "decode");
    for (int i = 0; i < threads; i++) {
      this.decoders.add(decoders.get());
    }
    this.observer = observer;
  }

  /** Decodes on one of the threads. Never an error but for a {@link LaneFailedException}. */
  Mono<Decoded> decode(FrameRecord record) {
    long arrived = System.nanoTime();
    return Mono.fromCallable(() -> decode(record, arrived)).subscribeOn(scheduler);
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
    } catch (RuntimeException e) {
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
