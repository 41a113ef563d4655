package dev.millrace.pipeline.importing;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The literals of Python that configurations of yacs hold in strings: {@code (800, 1333)}, {@code
 * ("coco_2017_train",)}, {@code [0.5, 1]}, {@code None}. Read as data, never evaluated; a tuple is
 * a list.
 */
final class PythonLiteral {
  private static final int MAX_DEPTH = 16;
  private static final Pattern NUMBER =
      Pattern.compile("[-+]?(\\d+(\\.\\d*)?|\\.\\d+)([eE][-+]?\\d+)?");
  private static final Pattern WHOLE = Pattern.compile("[-+]?\\d{1,18}");

  /** Ends the reading of what is no literal. */
  private static final class NoLiteral extends Exception {
    private static final long serialVersionUID = 1L;

    NoLiteral() {
      super(null, null, false, false);
    }
  }

  private final String text;
  private int at;

  private PythonLiteral(String text) {
    this.text = text;
  }

  /** A value that may be null. */
  record Value(@Nullable Object value) {}

  /**
   * @return String, Integer, Long, Double, Boolean, List or null; empty if it is no literal
   */
  static Optional<Value> of(String text) {
    PythonLiteral reader = new PythonLiteral(text);
    try {
      Object value = reader.value(0);
      reader.space();
      return reader.at == text.length() ? Optional.of(new Value(value)) : Optional.empty();
    } catch (NoLiteral e) {
      return Optional.empty();
    }
  }

  private @Nullable Object value(int depth) throws NoLiteral {
    space();
    if (depth > MAX_DEPTH || at == text.length()) {
      throw new NoLiteral();
    }
    char first = text.charAt(at);
    return switch (first) {
      case '(' -> sequence(')', depth);
      case '[' -> sequence(']', depth);
      case '\'', '"' -> string(first);
      default -> word();
    };
  }

  private @Nullable Object sequence(char end, int depth) throws NoLiteral {
    at++;
    List<@Nullable Object> items = new ArrayList<>();
    boolean comma = false;
    for (space(); !found(end); space()) {
      if (!items.isEmpty() && !comma) {
        throw new NoLiteral();
      }
      items.add(value(depth + 1));
      space();
      comma = found(',');
    }
    // (3) is 3, and (3,) a tuple.
    return end == ')' && items.size() == 1 && !comma ? items.get(0) : items;
  }

  private boolean found(char wanted) throws NoLiteral {
    if (at == text.length()) {
      throw new NoLiteral();
    }
    if (text.charAt(at) != wanted) {
      return false;
    }
    at++;
    return true;
  }

  private String string(char quote) throws NoLiteral {
    int end = text.indexOf(quote, at + 1);
    if (end < 0 || text.substring(at, end).indexOf('\\') >= 0) {
      throw new NoLiteral();
    }
    String content = text.substring(at + 1, end);
    at = end + 1;
    return content;
  }

  private @Nullable Object word() throws NoLiteral {
    int start = at;
    while (at < text.length() && ",)] \t".indexOf(text.charAt(at)) < 0) {
      at++;
    }
    String word = text.substring(start, at);
    switch (word) {
      case "None":
        return null;
      case "True":
        return true;
      case "False":
        return false;
      default:
        return number(word);
    }
  }

  private static Object number(String word) throws NoLiteral {
    Matcher number = NUMBER.matcher(word);
    if (!number.matches()) {
      throw new NoLiteral();
    }
    if (WHOLE.matcher(word).matches()) {
      long whole = Long.parseLong(word);
      if (whole == (int) whole) {
        return (int) whole;
      }
      return whole;
    }
    return Double.valueOf(word);
  }

  private void space() {
    while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
  }
}
