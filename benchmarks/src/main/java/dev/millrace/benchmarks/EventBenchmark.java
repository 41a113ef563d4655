package dev.millrace.benchmarks;

import dev.millrace.connectors.DetectionEvent;
import dev.millrace.connectors.format.EventJson;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Writing and reading one event. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@SuppressWarnings("NullAway") // JMH sets the fields
public class EventBenchmark {

  @Param({"0", "10", "100"})
  public int objects;

  /** Of 643 characters each. */
  @Param({"false", "true"})
  public boolean masks;

  private DetectionEvent event;
  private byte[] json;

  @Setup
  public void prepare() {
    String hash = "sha256:" + "0123456789abcdef".repeat(4);
    event =
        new DetectionEvent(
            "gate-3",
            new DetectionEvent.Source(
                "frames", 2, 8123, Instant.parse("2026-11-23T06:52:11.031Z"), 768, 576),
            new DetectionEvent.Revision(7, hash, hash),
            Collections.nCopies(
                objects,
                new DetectionEvent.DetectedObject(
                    List.of(12.1f, 40.25f, 88.7f, 201.3f),
                    "person",
                    0,
                    0.983f,
                    null,
                    masks ? new DetectionEvent.Mask(240, 320, "h3h3h3" + "0".repeat(637)) : null,
                    List.of(),
                    Map.of())),
            new DetectionEvent.Timings(900, 5200, 19800),
            4);
    json = EventJson.write(event);
  }

  @Benchmark
  public byte[] write() {
    return EventJson.write(event);
  }

  @Benchmark
  public DetectionEvent read() {
    return EventJson.read(json);
  }
}
