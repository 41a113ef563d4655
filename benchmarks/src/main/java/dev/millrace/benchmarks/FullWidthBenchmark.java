package dev.millrace.benchmarks;

import dev.millrace.components.Registries;
import dev.millrace.components.checkpoint.DownloadProgress;
import dev.millrace.components.checkpoint.WeightsStore;
import dev.millrace.components.image.Frame;
import dev.millrace.components.modeling.Detector;
import dev.millrace.components.standard.StandardComponents;
import dev.millrace.pipeline.config.ConfigLoader;
import dev.millrace.pipeline.config.LoadedConfig;
import dev.millrace.pipeline.server.StandardModels;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Faster R-CNN R50-FPN at full width, compiled, one frame of 800 x 1333 at a time on two threads.
 * Its baseline is torchvision's, with the same weights: {@code full-width.sh} runs both in turns.
 */
public final class FullWidthBenchmark {

  private FullWidthBenchmark() {}

  /**
   * @param arguments the configuration, the folder of its weights, how many frames, overrides
   */
  public static void main(String[] arguments) {
    Path file = Path.of(arguments[0]);
    int frames = Integer.parseInt(arguments[2]);
    List<String> overrides = Arrays.asList(arguments).subList(3, arguments.length);
    Registries registries = StandardComponents.registries();
    LoadedConfig config =
        new ConfigLoader(ConfigLoader.rootOf(file)).load(file, overrides, registries);
    WeightsStore store = WeightsStore.ofEnvironment(Map.of("MILLRACE_WEIGHTS", arguments[1]));
    System.gc();
    pools().forEach(MemoryPoolMXBean::resetPeakUsage);
    long start = System.nanoTime();
    try (Detector detector =
        new StandardModels(store, file, DownloadProgress.SILENT)
            .build(config, registries, 1, List.of())
            .get(0)) {
      System.out.printf(
          "built and warmed in %.1f s, peak heap %d MB%n",
          (System.nanoTime() - start) / 1e9,
          pools().stream().mapToLong(pool -> pool.getPeakUsage().getUsed()).sum() >> 20);
      List<Frame> frame = List.of(noise());
      int found = detector.detect(frame).get(0).objects().size();
      List<Double> seconds = new ArrayList<>();
      for (int i = 0; i < frames; i++) {
        long before = System.nanoTime();
        detector.detect(frame);
        seconds.add((System.nanoTime() - before) / 1e9);
      }
      seconds.sort(null);
      System.out.printf("%.3f s a frame, %d detections%n", seconds.get(frames / 2), found);
    }
  }

  private static List<MemoryPoolMXBean> pools() {
    return ManagementFactory.getMemoryPoolMXBeans().stream()
        .filter(pool -> pool.getType() == MemoryType.HEAP)
        .toList();
  }

  private static Frame noise() {
    byte[] pixels = new byte[3 * 800 * 1333];
    new Random(2).nextBytes(pixels);
    return new Frame(1333, 800, pixels);
  }
}
