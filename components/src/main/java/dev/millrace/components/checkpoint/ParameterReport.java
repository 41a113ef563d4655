package dev.millrace.components.checkpoint;

import dev.millrace.components.ConfigException;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a checkpoint fits a model, name by name.
 *
 * @param source what the parameters come from, for messages
 * @param matched the values to load, by the model's names, in the model's order
 * @param initialized names that are not loaded because the configuration says so
 * @param ignored names of the file that the configuration says to leave out
 * @param misfits everything that does not fit, or fits nothing
 */
public record ParameterReport(
    String source,
    Map<String, Tensor> matched,
    List<String> initialized,
    List<String> ignored,
    List<Misfit> misfits) {

  private static final int MOST_LISTED = 20;
  private static final String REMEDY =
      "\nUse the configuration that belongs to these weights, or name what shall not be loaded in"
          + " initialize and what the model does not need in ignore (such as backbone.**).";

  /** What is wrong with a name. */
  public enum Trouble {
    MISSING("missing"),
    SURPLUS("surplus"),
    MISSHAPEN("other shape"),
    DEAD_INITIALIZE("initialize matches nothing"),
    DEAD_IGNORE("ignore matches nothing surplus");

    private final String words;

    Trouble(String words) {
      this.words = words;
    }
  }

  /**
   * One row of the table.
   *
   * @param name a parameter's, or a pattern
   * @param model shape in the model, or null if it has none
   * @param file shape in the checkpoint, or null if it has none
   */
  public record Misfit(
      Trouble trouble, String name, @Nullable String model, @Nullable String file) {
    static Misfit of(Trouble trouble, String name, long @Nullable [] model, @Nullable Tensor file) {
      return new Misfit(
          trouble,
          name,
          model == null ? null : Arrays.toString(model),
          file == null ? null : Arrays.toString(file.shape()));
    }
  }

  public ParameterReport {
    matched = Collections.unmodifiableMap(new LinkedHashMap<>(matched));
    initialized = List.copyOf(initialized);
    ignored = List.copyOf(ignored);
    misfits = List.copyOf(misfits);
  }

  /** The names with this trouble, in order. */
  public List<String> names(Trouble trouble) {
    return misfits.stream().filter(m -> m.trouble() == trouble).map(Misfit::name).toList();
  }

  /**
   * This report, if all fits.
   *
   * @param path of the weights in the configuration, such as {@code model.weights}
   * @throws ConfigException otherwise, with a table of what does not
   */
  public ParameterReport orThrow(String path) {
    if (misfits.isEmpty()) {
      return this;
    }
    throw new ConfigException(
        path, source + " does not fit the model: " + summary() + "." + table() + REMEDY, null);
  }

  private String summary() {
    StringBuilder text = new StringBuilder();
    for (Trouble trouble : Trouble.values()) {
      int count = names(trouble).size();
      if (count > 0) {
        text.append(text.isEmpty() ? "" : ", ").append(count).append(' ').append(trouble.words);
      }
    }
    return text.toString();
  }

  private String table() {
    List<Misfit> rows = misfits.subList(0, Math.min(MOST_LISTED, misfits.size()));
    int name = rows.stream().mapToInt(m -> m.name().length()).max().orElse(0);
    int trouble = rows.stream().mapToInt(m -> m.trouble().words.length()).max().orElse(0);
    StringBuilder text = new StringBuilder();
    for (Misfit row : rows) {
      text.append("\n  ").append(pad(row.trouble().words, trouble)).append("  ");
      text.append(row.model() == null && row.file() == null ? row.name() : pad(row.name(), name));
      text.append(row.model() == null ? "" : "  model " + row.model());
      text.append(row.file() == null ? "" : "  file " + row.file());
    }
    if (rows.size() < misfits.size()) {
      text.append("\n  and ").append(misfits.size() - rows.size()).append(" more");
    }
    return text.toString();
  }

  private static String pad(String text, int width) {
    return text + " ".repeat(width - text.length());
  }
}
