package dev.millrace.benchmarks;

import dev.millrace.connectors.street.StreetFrame;
import dev.millrace.connectors.street.StreetOptions;
import dev.millrace.connectors.street.StreetScene;
import dev.millrace.connectors.street.StreetSplit;
import dev.millrace.connectors.street.Viewpoint;
import dev.millrace.connectors.video.JpegEncoder;
import dev.millrace.connectors.video.Picture;
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
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What a synthetic camera costs: a frame of 640 x 360 with its truth, its encoding, and the street
 * that stands still. One thread.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
@SuppressWarnings("NullAway") // JMH sets the fields
public class StreetBenchmark {
  private static final int STREETS = 4;

  @Param({"ROADSIDE", "CROSSING", "DASHBOARD", "DIAGONAL", "ACROSS"})
  public Viewpoint viewpoint;

  private final StreetScene[] streets = new StreetScene[STREETS];
  private StreetOptions options;
  private JpegEncoder encoder;
  private Picture picture;
  private int next;

  /** Several streets in turn, since weather and traffic differ. */
  @Setup
  public void prepare() {
    options = StreetOptions.DEFAULT.withViewpoint(viewpoint);
    for (int i = 0; i < STREETS; i++) {
      streets[i] = new StreetScene(StreetSplit.LIVE.seed(i), options);
    }
    encoder = new JpegEncoder(85);
    StreetFrame frame = streets[0].frame(1);
    picture = new Picture(frame.width(), frame.height(), frame.bgr());
  }

  @TearDown
  public void close() {
    encoder.close();
  }

  @Benchmark
  public StreetFrame frame() {
    next++;
    return streets[next % STREETS].frame(next / 100.0);
  }

  @Benchmark
  public byte[] encode() {
    return encoder.encode(picture);
  }

  @Benchmark
  public StreetScene layOut() {
    return new StreetScene(StreetSplit.LIVE.seed(next++), options);
  }
}
