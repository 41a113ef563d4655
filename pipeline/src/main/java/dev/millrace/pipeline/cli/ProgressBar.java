package dev.millrace.pipeline.cli;

import java.io.PrintStream;
import java.util.Locale;

/**
 * A line on a terminal's standard error that says how far a long piece of work is. Silent where
 * nobody looks.
 */
final class ProgressBar implements AutoCloseable {

  private static final int WIDTH = 30;
  private static final long INTERVAL = 100_000_000L;

  private final PrintStream err = System.err;
  private final boolean shown = Terminal.err();
  private final String label;
  private final long total;
  private final long start = System.nanoTime();
  private long drawn;

  /**
   * @param total steps, or 0 where nobody knows
   */
  ProgressBar(String label, long total) {
    this.label = label;
    this.total = total;
  }

  /** Any thread. */
  synchronized void at(long done) {
    long now = System.nanoTime();
    if (!shown || (now - drawn < INTERVAL && done < total)) {
      return;
    }
    drawn = now;
    double seconds = (now - start) / 1e9;
    double rate = done / Math.max(seconds, 1e-3);
    if (total > 0) {
      int filled = (int) (WIDTH * done / total);
      String left =
          rate > 0 ? String.format(Locale.ROOT, "%.0f s left", (total - done) / rate) : "";
      err.printf(
          Locale.ROOT,
          "\r%s [%s%s] %d/%d  %.1f/s  %s\033[K",
          label,
          "#".repeat(filled),
          ".".repeat(WIDTH - filled),
          done,
          total,
          rate,
          left);
    } else {
      err.printf(Locale.ROOT, "\r%s %d  %.1f/s\033[K", label, done, rate);
    }
    err.flush();
  }

  @Override
  public void close() {
    if (shown && drawn != 0) {
      err.println();
    }
  }
}
