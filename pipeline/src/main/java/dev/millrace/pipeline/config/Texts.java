package dev.millrace.pipeline.config;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Somebody's values in our sentences: short, one line. */
public final class Texts {
  private static final int SHOWN = 60;
  private static final int CLAUSE = 300;

  private Texts() {}

  /** A value, a list with what is in it. */
  public static String found(@Nullable Object value) {
    if (value == null) {
      return "nothing";
    }
    if (value instanceof Map) {
      return "a map";
    }
    return value instanceof String s ? "'" + shown(s) + "'" : shown(String.valueOf(value));
  }

  /** Without line breaks or control characters, cut where it is long. */
  public static String shown(String text) {
    return line(text, SHOWN);
  }

  /** A library's or constructor's message as part of a sentence: one line, no full stop. */
  public static String clause(String message) {
    return line(message, CLAUSE).replaceAll("[.\\s]+$", "");
  }

  private static String line(String text, int most) {
    String line = text.replaceAll("[\\p{Cntrl}\\s]+", " ").strip();
    return line.length() <= most ? line : line.substring(0, most) + "...";
  }

  /** {@code a, b and c}. */
  public static String list(List<String> words) {
    int last = words.size() - 1;
    return last < 1
        ? String.join("", words)
        : String.join(", ", words.subList(0, last)) + " and " + words.get(last);
  }
}
