package dev.millrace.pipeline.training;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/** Memory that this process holds, step by step: whether a run leaks. */
final class ResidentMemory {

  private static final Path STATUS = Path.of("/proc/self/status");
  private static final int SETTLED = 200;

  private final List<double[]> seen = new ArrayList<>();

  /** Megabytes at this moment; empty where the system does not tell. */
  OptionalDouble look(int iteration) {
    OptionalDouble now = megabytes();
    now.ifPresent(mb -> saw(iteration, mb));
    return now;
  }

  /** At a step, in ascending order. */
  void saw(int iteration, double megabytes) {
    seen.add(new double[] {iteration, megabytes});
  }

  private static OptionalDouble megabytes() {
    try {
      for (String line : Files.readAllLines(STATUS)) {
        if (line.startsWith("VmRSS:")) {
          return OptionalDouble.of(Long.parseLong(line.replaceAll("[^0-9]", "")) / 1024.0);
        }
      }
    } catch (IOException e) {
      return OptionalDouble.empty(); // another system
    }
    return OptionalDouble.empty();
  }

  /**
   * Megabytes a thousand steps by which it grew after the first 200, by least squares; empty before
   * there are enough.
   */
  OptionalDouble slope() {
    if (seen.isEmpty()) {
      return OptionalDouble.empty();
    }
    double begin = seen.get(0)[0] + SETTLED;
    List<double[]> settled = seen.stream().filter(at -> at[0] >= begin).toList();
    if (settled.size() < 10) {
      return OptionalDouble.empty();
    }
    double x = settled.stream().mapToDouble(at -> at[0]).average().orElse(0);
    double y = settled.stream().mapToDouble(at -> at[1]).average().orElse(0);
    double xy = settled.stream().mapToDouble(at -> (at[0] - x) * (at[1] - y)).sum();
    double xx = settled.stream().mapToDouble(at -> (at[0] - x) * (at[0] - x)).sum();
    return OptionalDouble.of(1000 * xy / xx);
  }
}
