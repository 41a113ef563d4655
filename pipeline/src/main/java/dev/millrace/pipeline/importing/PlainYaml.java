package dev.millrace.pipeline.importing;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Writes YAML as a person does: what is short and flat in one line, the rest key by key, comments
 * where they belong, quotes only where they must be.
 */
final class PlainYaml {
  private static final int WIDTH = 110;
  private static final int SHORT_MAP = 3;
  private static final Pattern PLAIN = Pattern.compile("([A-Za-z_]|\\.{1,2}/)[A-Za-z0-9_./+ -]*");
  private static final Pattern HASH = Pattern.compile("(?=.*[a-df])[0-9a-f]{64}");
  private static final Pattern ADDRESS = Pattern.compile("https://[A-Za-z0-9_./%~+-]+");
  private static final Pattern BREAKING =
      Pattern.compile("[\\p{Cntrl}\\x{80}-\\x{9f}\\x{2028}\\x{2029}]");
  private static final Set<String> WORDS =
      Set.of("true", "false", "yes", "no", "on", "off", "null", "y", "n");

  private final StringBuilder out = new StringBuilder();
  private final Map<String, List<String>> comments;

  private PlainYaml(Map<String, List<String>> comments) {
    this.comments = comments;
  }

  /**
   * @param header lines of a comment at the top
   * @param comments lines to stand above a key, by its path
   */
  static String document(
      List<String> header, Map<String, Object> root, Map<String, List<String>> comments) {
    PlainYaml yaml = new PlainYaml(comments);
    header.forEach(line -> yaml.comment(line, 0));
    yaml.map(root, "", 0);
    return yaml.out.toString();
  }

  /**
   * A text's lines for a comment, none longer than a line of the document. Spaces that do not break
   * (U+00A0) become usual ones.
   */
  static List<String> wrapped(String text) {
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder();
    for (String word : text.split(" ", -1)) {
      if (!line.isEmpty() && line.length() + 1 + word.length() > WIDTH - 2) {
        lines.add(line.toString().replace('\u00a0', ' '));
        line.setLength(0);
        line.append("  ");
      }
      line.append(line.toString().isBlank() ? "" : " ").append(word);
    }
    lines.add(line.toString().replace('\u00a0', ' '));
    return lines;
  }

  /** What somebody else wrote must not end the comment: a line break in it becomes a space. */
  private void comment(String text, int indent) {
    String line = BREAKING.matcher(text).replaceAll(" ");
    out.append(" ".repeat(indent)).append(line.isEmpty() ? "#" : "# ").append(line).append('\n');
  }

  private void map(Map<String, ?> map, String path, int indent) {
    boolean first = true;
    for (Map.Entry<String, ?> entry : map.entrySet()) {
      String inner = path.isEmpty() ? entry.getKey() : path + "." + entry.getKey();
      // The first key of a list's item stands behind its dash.
      boolean behindDash = first && !out.isEmpty() && out.charAt(out.length() - 1) != '\n';
      if (!behindDash) {
        comments.getOrDefault(inner, List.of()).forEach(line -> comment(line, indent));
        out.append(" ".repeat(indent));
      }
      out.append(entry.getKey()).append(':');
      value(entry.getValue(), inner, indent, entry.getKey().length() + 1);
      first = false;
    }
  }

  private void value(@Nullable Object value, String path, int indent, int before) {
    boolean short_ = isShort(value);
    String line = inline(value);
    if (short_ && indent + before + 1 + line.length() <= WIDTH) {
      out.append(' ').append(line).append('\n');
    } else if (value instanceof Map<?, ?> map && !map.isEmpty()) {
      out.append('\n');
      map(keyed(map), path, indent + 2);
    } else if (value instanceof List<?> list && !list.isEmpty()) {
      out.append('\n');
      for (Object item : list) {
        out.append(" ".repeat(indent + 2)).append('-');
        if (isShort(item) || !(item instanceof Map<?, ?> map)) {
          out.append(' ').append(inline(item)).append('\n');
        } else {
          out.append(' ');
          map(keyed(map), path, indent + 4);
        }
      }
    } else {
      out.append(' ').append(line).append('\n');
    }
  }

  @SuppressWarnings("unchecked") // all that comes here is keyed by text
  private static Map<String, ?> keyed(Map<?, ?> map) {
    return (Map<String, ?>) map;
  }

  /** Whether it may stand in one line: a value, a list of values, a map of few of them. */
  private static boolean isShort(@Nullable Object value) {
    if (value instanceof Map<?, ?> map) {
      return map.size() <= SHORT_MAP && map.values().stream().noneMatch(Map.class::isInstance);
    }
    return !(value instanceof List<?> list) || list.stream().noneMatch(Map.class::isInstance);
  }

  /** A value in one line. */
  static String inline(@Nullable Object value) {
    if (value instanceof Map<?, ?> map) {
      return map.entrySet().stream()
          .map(e -> e.getKey() + ": " + inline(e.getValue()))
          .reduce((a, b) -> a + ", " + b)
          .map(all -> "{" + all + "}")
          .orElse("{}");
    }
    if (value instanceof List<?> list) {
      boolean fractions = list.stream().anyMatch(v -> v instanceof Double d && d != Math.rint(d));
      return list.stream()
          .map(v -> fractions && v instanceof Number n ? decimal(n.doubleValue()) : inline(v))
          .reduce((a, b) -> a + ", " + b)
          .map(all -> "[" + all + "]")
          .orElse("[]");
    }
    if (value instanceof Double d) {
      return d == Math.rint(d) && Math.abs(d) < 1e9 ? String.valueOf(d.longValue()) : decimal(d);
    }
    return value instanceof String text ? text(text) : String.valueOf(value);
  }

  private static String decimal(double value) {
    return String.valueOf(value);
  }

  private static String text(String text) {
    boolean plain =
        (PLAIN.matcher(text).matches()
                || HASH.matcher(text).matches()
                || ADDRESS.matcher(text).matches())
            && !WORDS.contains(text.toLowerCase(Locale.ROOT))
            && !text.endsWith(" ");
    if (plain) {
      return text;
    }
    StringBuilder quoted = new StringBuilder("\"");
    text.chars()
        .forEach(
            c -> {
              if (c == '"' || c == '\\') {
                quoted.append('\\').append((char) c);
              } else if (c < ' '
                  || c == 0x7f
                  || (c >= 0x80 && c < 0xa0)
                  || c == 0x2028
                  || c == 0x2029) {
                quoted.append("\\u%04x".formatted(c));
              } else {
                quoted.append((char) c);
              }
            });
    return quoted.append('"').toString();
  }
}
