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
 * @param origins of all that is matched: where in the file it was, and by which rule
 * @param initialized names that are not loaded because the configuration says so
 * @param ignored names of the file that the configuration says to leave out
 * @param unused entries of the file that are not loaded, and why; those that nobody excuses are in
 *     {@code misfits}
 * @param misfits everything that does not fit, or fits nothing
 */
public record ParameterReport(
    String source,
    Map<String, Tensor> matched,
    Map<String, Origin> origins,
    List<String> initialized,
    List<String> ignored,
    List<Unused> unused,
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
    AMBIGUOUS("one entry for several"),
    DOUBLED("means the same as another"),
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

  /**
   * Where a parameter's value comes from.
   *
   * @param entry the name in the file, or null if the file's format implies the value
   * @param rule how the names were matched and what was done to the value; empty if nothing
   */
  public record Origin(@Nullable String entry, String rule) {}

  /** An entry of the file that is not loaded. */
  public record Unused(String entry, String shape, String why) {}

  public ParameterReport {
    matched = Collections.unmodifiableMap(new LinkedHashMap<>(matched));
    origins = Collections.unmodifiableMap(new LinkedHashMap<>(origins));
    initialized = List.copyOf(initialized);
    ignored = List.copyOf(ignored);
    unused = List.copyOf(unused);
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

  /**
   * All of it to read, a line for each parameter of the model and each entry of the file that is
   * not loaded: parameters with where they come from, then what is initialised, what is unused and
   * what does not fit.
   */
  public String describe() {
    StringBuilder text = new StringBuilder();
    text.append(source).append(": ").append(matched.size()).append(" parameters loaded, ");
    text.append(initialized.size()).append(" initialised, ");
    text.append(unused.size()).append(" entries unused");
    text.append(misfits.isEmpty() ? "" : "; " + summary()).append('\n');
    int name = matched.keySet().stream().mapToInt(String::length).max().orElse(0);
    matched.forEach(
        (parameter, tensor) -> {
          Origin origin = origins.get(parameter);
          text.append("  ").append(pad(parameter, name)).append("  ").append(tensor);
          if (origin != null) {
            boolean same = parameter.equals(origin.entry());
            text.append(origin.entry() == null || same ? "" : " <- " + origin.entry());
            text.append(origin.rule().isEmpty() ? "" : " (" + origin.rule() + ")");
          }
          text.append('\n');
        });
    initialized.forEach(n -> text.append("  initialised  ").append(n).append('\n'));
    unused.forEach(
        u ->
            text.append("  unused  ")
                .append(u.entry())
                .append("  ")
                .append(u.shape())
                .append(" (")
                .append(u.why())
                .append(")\n"));
    return text.append(misfits.isEmpty() ? "" : table(misfits).substring(1) + '\n').toString();
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
    return table(misfits.subList(0, Math.min(MOST_LISTED, misfits.size())));
  }

  private String table(List<Misfit> rows) {
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
