package dev.millrace.pipeline.bench;

import dev.millrace.components.engine.DetectorFactory;
import dev.millrace.components.image.Frame;
import dev.millrace.components.image.ImageDecoder;
import dev.millrace.components.image.ImageLimits;
import dev.millrace.components.modeling.Detector;
import dev.millrace.pipeline.server.ModelFactory;
import dev.millrace.pipeline.server.ServerOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Bare network, stream, bare network, stream, ... in one process: a host whose speed changes slows
 * both. The bare network is the same detectors with the same batch and threads, fed one prepared
 * batch again and again: no decoding, no resizing.
 */
public final class Bench {

  /**
   * @param bare frames a second of the network alone, each round
   * @param stream frames a second from topic to topic, each round
   * @param other the same with other settings, each round; empty if there are none
   * @param decodeMillis one frame on one thread
   * @param detectMillis resize, network and boxes of one frame in a full batch on one lane
   * @param threads processor nanoseconds for each frame in the stream, by group of Java threads
   */
  public record Report(
      List<Double> bare,
      List<Double> stream,
      List<Double> other,
      double decodeMillis,
      double detectMillis,
      double networkMillis,
      Map<String, Double> threads) {

    public double ratio() {
      return median(stream) / median(bare);
    }

    public static double median(List<Double> values) {
      List<Double> sorted = values.stream().sorted().toList();
      int n = sorted.size();
      return n % 2 == 1 ? sorted.get(n / 2) : (sorted.get(n / 2 - 1) + sorted.get(n / 2)) / 2;
    }
  }

  private final ServerOptions options;
  private final ModelFactory models;
  private final List<byte[]> frames;
  private final int batch;

  /**
   * @param frames encoded, all of one size
   * @param batch of the bare network; the stream's is in its configuration
   */
  public Bench(ServerOptions options, ModelFactory models, List<byte[]> frames, int batch) {
    this.options = options;
    this.models = models;
    this.frames = List.copyOf(frames);
    this.batch = batch;
  }

  /**
   * @param detectors loaded for the bare network, one for each lane; not closed
   * @param perRound frames of a stream's round
   * @param otherwise overrides for further rounds, in turns with the others; empty for none
   */
  public Report run(
      List<Detector> detectors,
      int rounds,
      int perRound,
      double bareSeconds,
      List<String> otherwise)
      throws InterruptedException {
    List<Frame> some = new ArrayList<>();
    long start = System.nanoTime();
    int decoded = 0;
    try (ImageDecoder decoder = new ImageDecoder(ImageLimits.DEFAULT)) {
      for (int round = 0; round < 5; round++) {
        some.clear();
        start = round == 4 ? System.nanoTime() : start;
        for (decoded = 0; decoded < Math.min(frames.size(), 40); decoded++) {
          some.add(decoder.decode(frames.get(decoded)));
        }
      }
    }
    double decodeMillis = (System.nanoTime() - start) / 1e6 / decoded;
    List<Frame> full = some.subList(0, Math.min(batch, some.size()));
    List<Double> bare = new ArrayList<>();
    List<Double> stream = new ArrayList<>();
    List<Double> other = new ArrayList<>();
    Map<String, Double> threads = new TreeMap<>();
    List<Runnable> networks = new ArrayList<>();
    detectors.forEach(d -> networks.add(DetectorFactory.network(d, full)));
    loop(networks, full.size(), 1);
    double detect =
        1000 / loop(List.of(() -> detectors.get(0).detect(full)), full.size(), bareSeconds / 2);
    double network = 1000 / loop(networks.subList(0, 1), full.size(), bareSeconds / 2);
    try (StreamRun run =
        new StreamRun(options, models, frames, Math.max(2, detectors.size()), perRound)) {
      run.run(perRound, otherwise); // the JIT's share
      for (int round = 0; round < rounds; round++) {
        bare.add(loop(networks, full.size(), bareSeconds));
        StreamRun.Result result = run.run(perRound, List.of());
        stream.add(result.framesPerSecond());
        result
            .threads()
            .forEach(
                (name, nanos) ->
                    threads.merge(name, nanos / 1e6 / result.frames() / rounds, Double::sum));
        if (!otherwise.isEmpty()) {
          other.add(run.run(perRound, otherwise).framesPerSecond());
        }
      }
      bare.add(loop(networks, full.size(), bareSeconds));
    }
    return new Report(bare, stream, other, decodeMillis, detect, network, threads);
  }

  /** Frames a second of all together. */
  private static double loop(List<Runnable> networks, int perCall, double seconds)
      throws InterruptedException {
    ExecutorService lanes = Executors.newFixedThreadPool(networks.size());
    try {
      long start = System.nanoTime();
      long end = start + (long) (seconds * 1e9);
      List<Callable<Long>> work = new ArrayList<>();
      for (Runnable network : networks) {
        work.add(
            () -> {
              long calls = 0;
              do {
                network.run();
                calls++;
              } while (System.nanoTime() < end);
              return calls;
            });
      }
      long calls = 0;
      for (Future<Long> lane : lanes.invokeAll(work)) {
        calls += lane.get();
      }
      return calls * perCall / ((System.nanoTime() - start) / 1e9);
    } catch (ExecutionException e) {
      throw new IllegalStateException("the network failed", e.getCause());
    } finally {
      lanes.shutdownNow();
    }
  }
}
