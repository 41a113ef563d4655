package dev.millrace.pipeline.cli;

import dev.millrace.pipeline.dataset.Category;
import dev.millrace.pipeline.evaluation.CocoAp;
import dev.millrace.pipeline.evaluation.Evaluation;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What an evaluation came to: a table for people, a line for programs. */
final class EvaluationText {

  private static final int MOST_CLASSES = 20;

  private EvaluationText() {}

  /** A column for each measure, under its name where there are several; classes if they are few. */
  static List<String> table(Evaluation.Report report, List<Category> categories) {
    Map<String, CocoAp> measures = measures(report);
    Collection<CocoAp> columns = measures.values();
    List<String> lines = new ArrayList<>();
    if (columns.size() > 1) {
      lines.add(line("", measures.keySet()));
    }
    lines.add(line("AP", columns, CocoAp::ap));
    lines.add(line("AP50", columns, CocoAp::ap50));
    lines.add(line("AP75", columns, CocoAp::ap75));
    lines.add(
        String.format(
            Locale.ROOT,
            "%d images, %.1f a second, decoding included",
            report.images(),
            report.imagesPerSecond()));
    if (report.ap().perCategory().size() <= MOST_CLASSES) {
      for (Category category : categories) {
        if (report.ap().perCategory().containsKey(category.id())) {
          lines.add(
              line("AP", columns, ap -> ap.perCategory().get(category.id()))
                  + "  "
                  + category.name());
        }
      }
    }
    return lines;
  }

  /** Boxes at the top, what else was measured below its name; null is what is not defined. */
  static String json(Evaluation.Report report) {
    StringBuilder text = new StringBuilder("{");
    measures(report)
        .forEach(
            (name, ap) -> {
              String numbers =
                  String.format(
                      Locale.ROOT,
                      "\"AP\":%s,\"AP50\":%s,\"AP75\":%s",
                      number("%.4f", ap.ap()),
                      number("%.4f", ap.ap50()),
                      number("%.4f", ap.ap75()));
              text.append(
                  name.equals("boxes") ? numbers + "," : "\"" + name + "\":{" + numbers + "},");
            });
    return text.append(
            String.format(
                Locale.ROOT,
                "\"images\":%d,\"imagesPerSecond\":%s}",
                report.images(),
                number("%.2f", report.imagesPerSecond())))
        .toString();
  }

  /** JSON has no NaN, which an AP of no objects is. */
  private static String number(String format, double value) {
    return Double.isFinite(value) ? String.format(Locale.ROOT, format, value) : "null";
  }

  private static Map<String, CocoAp> measures(Evaluation.Report report) {
    Map<String, CocoAp> measures = new LinkedHashMap<>();
    report
        .measures()
        .forEach((measure, ap) -> measures.put(measure.name().toLowerCase(Locale.ROOT), ap));
    return measures;
  }

  private static String line(
      String head, Collection<CocoAp> columns, Function<CocoAp, @Nullable Double> number) {
    List<String> cells = new ArrayList<>();
    for (CocoAp column : columns) {
      Double value = number.apply(column);
      cells.add(value == null ? "-" : String.format(Locale.ROOT, "%.4f", value));
    }
    return line(head, cells);
  }

  private static String line(String head, Collection<String> cells) {
    String row =
        cells.stream()
            .map(cell -> String.format(Locale.ROOT, "%-7s", cell))
            .collect(Collectors.joining(" "));
    return String.format(Locale.ROOT, "%-4s %s", head, row.stripTrailing());
  }
}
