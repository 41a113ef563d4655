package dev.millrace.pipeline.importing;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The one expression that Detectron2's own configurations hold: RetinaNet's anchors, some sizes
 * between each octave and the next, {@code [[x, x * 2**(1.0/3), x * 2**(2.0/3)] for x in [32,
 * 64]]}. Its numbers are read out of it; nothing is evaluated.
 */
final class OctaveSizes {
  static final String TAG = "python/object/apply:eval";

  private static final String NUMBER = "\\d{1,6}(?:\\.\\d{0,6})?";
  private static final Pattern FACTOR =
      Pattern.compile("x(?:\\*2\\*\\*\\((" + NUMBER + ")/(" + NUMBER + ")\\))?");
  private static final Pattern EXPRESSION =
      Pattern.compile(
          "\\[\\[(?<factors>[^\\[\\]]{1,500})\\]forxin\\[(?<sizes>"
              + NUMBER
              + "(?:,"
              + NUMBER
              + ")*)\\]\\]");

  private OctaveSizes() {}

  /**
   * @param arguments of the tag
   * @return a list of sizes for each level, or empty if it is another expression
   */
  static Optional<Object> of(List<@Nullable Object> arguments) {
    if (arguments.size() != 1 || !(arguments.get(0) instanceof String text)) {
      return Optional.empty();
    }
    Matcher whole = EXPRESSION.matcher(text.replaceAll("\\s", ""));
    if (!whole.matches()) {
      return Optional.empty();
    }
    List<Double> factors = new ArrayList<>();
    for (String term : whole.group("factors").split(",", -1)) {
      Matcher factor = FACTOR.matcher(term);
      if (!factor.matches()) {
        return Optional.empty();
      }
      String dividend = factor.group(1);
      factors.add(
          dividend == null
              ? 1
              : Math.pow(2, Double.parseDouble(dividend) / Double.parseDouble(factor.group(2))));
    }
    List<Object> levels = new ArrayList<>();
    for (String size : whole.group("sizes").split(",", -1)) {
      levels.add(factors.stream().map(factor -> Double.parseDouble(size) * factor).toList());
    }
    return Optional.of(levels);
  }
}
