package dev.millrace.pipeline.metrics;

import dev.millrace.connectors.DetectionEvent;
import dev.millrace.connectors.FrameRecord;
import dev.millrace.pipeline.stream.Decoded;
import dev.millrace.pipeline.stream.Detected;
import dev.millrace.pipeline.stream.FlowObserver;
import dev.millrace.pipeline.stream.Outcome;
import dev.millrace.pipeline.stream.Rejected;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Meters of the flow. */
public final class FlowMeters implements FlowObserver {

  private final MeterRegistry registry;
  private final Clock clock;
  private final Counter in;
  private final Counter out;
  private final Counter sinkFailures;
  private final Timer decode;
  private final Timer preprocess;
  private final Timer queue;
  private final Timer publish;
  private final Timer age;
  private final DistributionSummary batch;
  private final List<Timer> infer = new ArrayList<>();
  private final List<AtomicLong> busyNanos = new ArrayList<>();

  public FlowMeters(int lanes, MeterRegistry registry, Clock clock) {
    this.registry = registry;
    this.clock = clock;
    in = Counter.builder("millrace.frames.in").description("Frames read").register(registry);
    out = Counter.builder("millrace.frames.out").description("Events safe").register(registry);
    sinkFailures =
        Counter.builder("millrace.sink.failures")
            .description("Times that the sink did not take an event or dead letter")
            .register(registry);
    decode = Meters.timer("millrace.decode", "Decoding one frame", registry);
    preprocess =
        Meters.timer("millrace.preprocess", "Bringing one frame to its model's size", registry);
    queue =
        Meters.timer(
            "millrace.queue", "A frame's wait from arrival to its model, not decoding", registry);
    publish = Meters.timer("millrace.publish", "Sending one event until it is safe", registry);
    age = Meters.timer("millrace.frame.age", "From a frame's capture to its safe event", registry);
    batch = Meters.sizes("millrace.batch.size", "Frames that a model ran on at once", registry);
    for (int lane = 0; lane < lanes; lane++) {
      String number = Integer.toString(lane);
      infer.add(Meters.timer("millrace.infer", "The model on one batch", registry, "lane", number));
      AtomicLong busy = new AtomicLong();
      busyNanos.add(busy);
      FunctionCounter.builder("millrace.lane.busy", busy, nanos -> nanos.get() / 1e9)
          .description("Time that a lane spent in its model; its rate is the lane's busy ratio")
          .baseUnit("seconds")
          .tag("lane", number)
          .register(registry);
    }
  }

  @Override
  public void arrived(FrameRecord frame) {
    in.increment();
  }

  @Override
  public void decoded(Decoded frame, long nanos) {
    decode.record(nanos, TimeUnit.NANOSECONDS);
  }

  @Override
  public void prepared(long nanos) {
    preprocess.record(nanos, TimeUnit.NANOSECONDS);
  }

  @Override
  public void ran(int lane, int frames, long nanos) {
    infer.get(lane).record(nanos, TimeUnit.NANOSECONDS);
    busyNanos.get(lane).addAndGet(nanos);
    batch.record(frames);
  }

  @Override
  public void delivered(Outcome outcome, long nanos) {
    publish.record(nanos, TimeUnit.NANOSECONDS);
    if (outcome instanceof Detected detected) {
      DetectionEvent event = detected.event();
      out.increment();
      queue.record(event.timings().queueMicros(), TimeUnit.MICROSECONDS);
      Duration since = Duration.between(event.frame().capturedAt(), clock.instant());
      age.record(since.isNegative() ? Duration.ZERO : since);
    } else if (outcome instanceof Rejected rejected) {
      Counter.builder("millrace.dead.letters")
          .description("Frames that could not be processed")
          .tag("code", rejected.reason().code())
          .register(registry)
          .increment();
    }
  }

  @Override
  public void deliveryFailed(Throwable reason) {
    sinkFailures.increment();
  }
}
