package dev.millrace.pipeline.stream;

import dev.millrace.connectors.FramePosition;
import dev.millrace.connectors.FrameRecord;
import dev.millrace.connectors.FrameSource;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;

/** Frames that a test pushes or gives beforehand; remembers what was acknowledged. */
public final class FakeSource implements FrameSource {

  private final Sinks.Many<FrameRecord> pushed = Sinks.many().unicast().onBackpressureBuffer();
  private final AtomicInteger inFlight = new AtomicInteger();
  private final AtomicInteger offset = new AtomicInteger();
  public final Queue<FramePosition> acknowledged = new ConcurrentLinkedQueue<>();
  volatile boolean stopped;

  public static FrameRecord frame(int partition, long offset, String text) {
    return new FrameRecord(
        new FramePosition("frames", partition, offset),
        1,
        "camera-" + partition,
        text.getBytes(java.nio.charset.StandardCharsets.US_ASCII),
        Map.of(),
        Instant.EPOCH);
  }

  public synchronized FrameRecord push(int partition, String text) {
    FrameRecord frame = frame(partition, offset.getAndIncrement(), text);
    push(frame);
    return frame;
  }

  synchronized void push(FrameRecord frame) {
    if (!stopped) {
      pushed.tryEmitNext(frame).orThrow();
    }
  }

  FakeSource pushAll(List<FrameRecord> frames) {
    frames.forEach(this::push);
    return this;
  }

  synchronized void fail(Throwable e) {
    pushed.tryEmitError(e).orThrow();
  }

  @Override
  public Flux<FrameRecord> frames() {
    return pushed.asFlux().doOnNext(f -> inFlight.incrementAndGet());
  }

  @Override
  public void acknowledge(FrameRecord frame) {
    inFlight.decrementAndGet();
    acknowledged.add(frame.position());
  }

  @Override
  public int framesInFlight() {
    return inFlight.get();
  }

  @Override
  public long bytesInFlight() {
    return 0;
  }

  @Override
  public boolean healthy() {
    return true;
  }

  @Override
  public synchronized void stop() {
    if (!stopped) {
      stopped = true;
      pushed.tryEmitComplete();
    }
  }

  @Override
  public void close() {}
}
