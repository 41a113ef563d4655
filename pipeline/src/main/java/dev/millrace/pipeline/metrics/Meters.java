package dev.millrace.pipeline.metrics;

import dev.millrace.connectors.FrameSource;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import java.time.Duration;
import java.util.stream.Stream;

/** How meters look, and those that need no code of their own. */
public final class Meters {

  private static final Duration[] BUCKETS =
      Stream.of(1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000)
          .map(Duration::ofMillis)
          .toArray(Duration[]::new);
  private static final double[] BATCHES = {1, 2, 4, 8, 16, 32, 64, 128};

  private Meters() {}

  /** What a source holds that nobody has acknowledged yet. */
  public static void ofSource(FrameSource source, MeterRegistry registry) {
    Gauge.builder("millrace.frames.in.flight", source, FrameSource::framesInFlight)
        .description("Frames read and not yet acknowledged")
        .register(registry);
    Gauge.builder("millrace.bytes.in.flight", source, FrameSource::bytesInFlight)
        .description("Encoded bytes of the frames in flight")
        .baseUnit("bytes")
        .register(registry);
  }

  /** The JVM's memory, collections, threads, processor time. */
  @SuppressWarnings("resource") // listens to collections until the JVM ends
  public static void ofJvm(MeterRegistry registry) {
    new JvmMemoryMetrics().bindTo(registry);
    new JvmGcMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    new UptimeMetrics().bindTo(registry);
  }

  static Timer timer(String name, String description, MeterRegistry registry, String... tags) {
    return Timer.builder(name)
        .description(description)
        .tags(tags)
        .serviceLevelObjectives(BUCKETS)
        .register(registry);
  }

  static DistributionSummary sizes(String name, String description, MeterRegistry registry) {
    return DistributionSummary.builder(name)
        .description(description)
        .serviceLevelObjectives(BATCHES)
        .register(registry);
  }
}
