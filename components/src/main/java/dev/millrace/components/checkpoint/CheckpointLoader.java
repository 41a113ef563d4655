package dev.millrace.components.checkpoint;

import dev.millrace.components.ConfigException;
import dev.millrace.components.checkpoint.ParameterReport.Misfit;
import dev.millrace.components.checkpoint.ParameterReport.Trouble;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Fits a checkpoint to a model by exact names and shapes. Nothing is left out without a word. */
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
   * @param ignore patterns of the file's names that the model does not need; they excuse only what
   *     is surplus
   * @param consumed names that the file may hold and the model makes by itself, such as {@code
   *     pixel_mean}; they need not be there
   */
  public static ParameterReport match(
      Map<String, long[]> model,
      @Nullable Checkpoint checkpoint,
      List<String> initialize,
      List<String> ignore,
      Set<String> consumed) {
    Map<String, Tensor> file = checkpoint == null ? Map.of() : checkpoint.parameters();
    Patterns initial = new Patterns(initialize);
    Patterns ignorable = new Patterns(ignore);
    Map<String, Tensor> matched = new LinkedHashMap<>();
    List<String> initialized = new ArrayList<>();
    List<String> ignored = new ArrayList<>();
    List<Misfit> misfits = new ArrayList<>();
    model.forEach(
        (name, shape) -> {
          Tensor tensor = file.get(name);
          if (tensor == null && checkpoint != null) {
            tensor = checkpoint.range(name);
          }
          if (initial.match(name)) {
            initialized.add(name);
          } else if (tensor == null) {
            misfits.add(Misfit.of(Trouble.MISSING, name, shape, null));
          } else if (!Arrays.equals(shape, tensor.shape())) {
            misfits.add(Misfit.of(Trouble.MISSHAPEN, name, shape, tensor));
          } else {
            matched.put(name, tensor);
          }
        });
    file.forEach(
        (name, tensor) -> {
          if (model.containsKey(name)) {
            return;
          }
          if (ignorable.match(name)) {
            ignored.add(name);
          } else if (!consumed.contains(name)) {
            misfits.add(Misfit.of(Trouble.SURPLUS, name, null, tensor));
          }
        });
    initial.unused().forEach(p -> misfits.add(new Misfit(Trouble.DEAD_INITIALIZE, p, null, null)));
    ignorable.unused().forEach(p -> misfits.add(new Misfit(Trouble.DEAD_IGNORE, p, null, null)));
    String source = checkpoint == null ? "no file" : checkpoint.source().toString();
    return new ParameterReport(source, matched, initialized, ignored, misfits);
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
