package dev.millrace.pipeline.cli;

import dev.millrace.pipeline.evaluation.CocoAp;
import dev.millrace.pipeline.evaluation.Measure;
import dev.millrace.pipeline.training.TrainingListener;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * How a run goes: a line that is written over in place on a terminal, elsewhere one for every
 * twentieth step; a line of its own for each measurement. Confined to the run's thread, but for
 * {@link #measuring}.
 */
final class TrainView implements TrainingListener, AutoCloseable {

  private static final int WIDTH = 20;
  private static final long INTERVAL = 100_000_000L;
  private static final int STEPS = 20;

  private final PrintWriter err;
  private final boolean inPlace;
  private long drawn;
  private boolean open;

  TrainView(PrintWriter err, boolean inPlace) {
    this.err = err;
    this.inPlace = inPlace;
  }

  @Override
  public synchronized void step(
      int iteration,
      int maxIter,
      Map<String, Float> losses,
      double learningRate,
      double secondsLeft) {
    boolean last = iteration == maxIter;
    if (inPlace ? !due(last) : iteration % STEPS != 0 && !last) {
      return;
    }
    String line =
        String.format(
            Locale.ROOT,
            "train %s%d/%d  loss %.3f (%s)  rate %.2g  %s left",
            inPlace ? bar(iteration, maxIter) : "",
            iteration,
            maxIter,
            losses.values().stream().mapToDouble(v -> v).sum(),
            losses.entrySet().stream()
                .map(e -> brief(e.getKey()) + String.format(Locale.ROOT, " %.3f", e.getValue()))
                .collect(Collectors.joining(", ")),
            learningRate,
            time(secondsLeft));
    show(line);
  }

  private static String brief(String name) {
    return name.startsWith("loss_") ? name.substring("loss_".length()) : name;
  }

  @Override
  public synchronized void measuring(int iteration, int done, int pictures) {
    if (inPlace && due(done == pictures)) {
      show("measure " + bar(done, pictures) + done + "/" + pictures);
    }
  }

  @Override
  public synchronized void measured(int iteration, Map<Measure, CocoAp> ap) {
    clear();
    err.println(
        "step "
            + iteration
            + ": "
            + ap.entrySet().stream()
                .map(each -> numbers(each.getKey(), each.getValue()))
                .collect(Collectors.joining("; ")));
    err.flush();
  }

  private static String numbers(Measure measure, CocoAp ap) {
    return String.format(
        Locale.ROOT,
        "%sAP %.4f, AP50 %.4f, AP75 %.4f",
        measure == Measure.BOXES ? "" : name(measure) + " ",
        ap.ap(),
        ap.ap50(),
        ap.ap75());
  }

  /** Such as {@code masks}. */
  static String name(Measure measure) {
    return measure.name().toLowerCase(Locale.ROOT);
  }

  private boolean due(boolean last) {
    long now = System.nanoTime();
    if (now - drawn < INTERVAL && !last) {
      return false;
    }
    drawn = now;
    return true;
  }

  private void show(String line) {
    if (inPlace) {
      err.print("\r" + line + "\033[K");
      open = true;
    } else {
      err.println(line);
    }
    err.flush();
  }

  private void clear() {
    if (open) {
      err.print("\r\033[K");
      open = false;
    }
  }

  private static String bar(int done, int all) {
    int filled = (int) ((long) WIDTH * done / Math.max(1, all));
    return "[" + "#".repeat(filled) + ".".repeat(WIDTH - filled) + "] ";
  }

  /** Such as {@code 1 h 05 min} or {@code 42 s}. */
  static String time(double seconds) {
    long whole = Math.round(seconds);
    if (whole < 60) {
      return whole + " s";
    }
    return whole < 3600
        ? String.format(Locale.ROOT, "%d min %02d s", whole / 60, whole % 60)
        : String.format(Locale.ROOT, "%d h %02d min", whole / 3600, whole % 3600 / 60);
  }

  @Override
  public synchronized void close() {
    if (open) {
      err.println();
      err.flush();
      open = false;
    }
  }
}
