package dev.millrace.components.checkpoint;

import dev.millrace.components.ConfigException;
import dev.millrace.components.checkpoint.ParameterReport.Trouble;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Fits a checkpoint to a model by names and shapes: exact ones, or as the checkpoint's {@link
 * Naming} allows. Nothing is left out without a word.
 */
public final class CheckpointLoader {

  private CheckpointLoader() {}

  /** As below, with the patterns of a configuration. */
  public static ParameterReport match(
      Map<String, long[]> model,
      @Nullable Checkpoint checkpoint,
      WeightsConfig config,
      Set<String> consumed) {
    return match(model, checkpoint, orNone(config.initialize()), orNone(config.ignore()), consumed);
  }

  private static List<String> orNone(@Nullable List<String> patterns) {
    return patterns == null ? List.of() : patterns;
  }

  /**
   * Compares name by name; the caller throws by {@link ParameterReport#orThrow}.
   *
   * @param model names and shapes of all parameters that the model has
   * @param checkpoint what was trained, or null if there is none and all must be initialised
   * @param initialize patterns of the model's names that are not loaded
   * @param ignore patterns of names, the file's or Detectron2's for them, that the model does not
   *     need; they excuse only what is surplus
   * @param consumed names that the file may hold and the model makes by itself, such as {@code
   *     pixel_mean}; they need not be there
   */
  public static ParameterReport match(
      Map<String, long[]> model,
      @Nullable Checkpoint checkpoint,
      List<String> initialize,
      List<String> ignore,
      Set<String> consumed) {
    FileNames file = new FileNames(checkpoint);
    Patterns initial = new Patterns(initialize);
    ReportBuilder report = new ReportBuilder();
    Map<String, FileNames.Claim> claims = file.claims(model.keySet());
    Map<FileNames.Entry, Integer> wanted = new HashMap<>();
    Set<FileNames.Entry> claimed = new HashSet<>();
    claims.forEach(
        (name, claim) -> {
          claimed.add(claim.entry());
          wanted.merge(claim.entry(), initial.match(name) ? 0 : 1, Integer::sum);
        });
    model.forEach(
        (name, shape) -> {
          FileNames.Claim claim = claims.get(name);
          Tensor range = claim == null && checkpoint != null ? checkpoint.range(name) : null;
          Tensor implied = claim == null ? file.implied(name, shape, claims.keySet()) : null;
          if (initial.match(name)) {
            report.initialized(name, claim);
          } else if (range != null) {
            report.implied(name, range, "the range of the int8 model's output");
          } else if (implied != null) {
            report.implied(name, implied, Caffe2Names.FOLDED);
          } else if (claim == null) {
            report.missing(name, shape);
          } else if (wanted.getOrDefault(claim.entry(), 0) > 1) {
            report.ambiguous(name, shape, claim);
          } else {
            report.found(name, shape, claim);
          }
        });
    Patterns ignorable = new Patterns(ignore);
    for (FileNames.Entry entry : file.entries()) {
      if (!claimed.contains(entry)) {
        unclaimed(entry, ignorable, consumed, report);
      }
    }
    file.doubled().forEach(entry -> report.left(Trouble.DOUBLED, entry));
    initial.unused().forEach(pattern -> report.dead(Trouble.DEAD_INITIALIZE, pattern));
    ignorable.unused().forEach(pattern -> report.dead(Trouble.DEAD_IGNORE, pattern));
    return report.build(checkpoint == null ? "no file" : checkpoint.source().toString());
  }

  private static void unclaimed(
      FileNames.Entry entry, Patterns ignorable, Set<String> consumed, ReportBuilder report) {
    String useless = FileNames.uselessness(entry.file());
    boolean ignored = ignorable.match(entry.file());
    if (ignored || ignorable.match(entry.name())) {
      report.ignored(entry);
    } else if (consumed.contains(entry.name())) {
      report.unused(entry, "the model makes it by itself");
    } else if (useless != null) {
      report.unused(entry, useless);
    } else {
      report.left(Trouble.SURPLUS, entry);
    }
  }

  /**
   * How a file would fit a model, without building one: nothing is loaded, and what does not fit is
   * in the report.
   *
   * @param model names and shapes of all parameters that the model has
   * @param file of any known format
   * @param config its patterns count
   * @param consumed names that the model makes by itself
   * @throws CheckpointException if the file is no checkpoint or damaged
   */
  public static ParameterReport report(
      Map<String, long[]> model, Path file, WeightsConfig config, Set<String> consumed) {
    return match(model, Checkpoints.read(file), config, consumed);
  }

  /**
   * Reads what {@link WeightsStore#find} found.
   *
   * @param path of the weights in the configuration, for messages
   * @throws ConfigException if the file is no checkpoint or damaged
   */
  public static Checkpoint read(WeightsStore.Found found, String path) {
    try {
      return Checkpoints.read(found.file(), found.sha256());
    } catch (CheckpointException e) {
      throw new ConfigException(path, e.getMessage() + ".", e.remedy());
    }
  }

  /** Patterns that remember whether they ever matched. */
  private static final class Patterns {
    private final Map<ParameterPattern, Boolean> used = new LinkedHashMap<>();

    Patterns(List<String> texts) {
      texts.forEach(text -> used.put(ParameterPattern.of(text), false));
    }

    boolean match(String name) {
      boolean any = false;
      for (Map.Entry<ParameterPattern, Boolean> entry : used.entrySet()) {
        if (entry.getKey().matches(name)) {
          entry.setValue(true);
          any = true;
        }
      }
      return any;
    }

    List<String> unused() {
      return used.entrySet().stream()
          .filter(e -> !e.getValue())
          .map(e -> e.getKey().text())
          .toList();
    }
  }
}
