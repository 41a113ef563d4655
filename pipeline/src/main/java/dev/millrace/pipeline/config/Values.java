package dev.millrace.pipeline.config;

import dev.millrace.components.ConfigException;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads durations and sizes, and names values in messages. */
final class Values {
  private static final Pattern DURATION = Pattern.compile("(\\d{1,15})(us|ms|s|m|h)");
  private static final Pattern SIZE = Pattern.compile("(\\d{1,15})(B|KiB|MiB|GiB)");

  private Values() {}

  /**
   * @param value {@code 5ms}, {@code 2s}, {@code 1m}, ISO 8601's {@code PT5S}, or the number 0
   */
  static Duration duration(@Nullable Object value, String path) {
    Matcher m = DURATION.matcher(value instanceof String s ? s : "");
    if (Integer.valueOf(0).equals(value)) {
      return Duration.ZERO;
    }
    if (value instanceof String iso && iso.startsWith("PT")) {
      try {
        return Duration.parse(iso);
      } catch (DateTimeParseException e) {
        throw expected("a duration such as 5ms or PT5S", value, path, null);
      }
    }
    if (!m.matches()) {
      throw expected("a duration such as 5ms, 2s or 1m", value, path, null);
    }
    long n = Long.parseLong(m.group(1));
    return switch (m.group(2)) {
      case "us" -> Duration.ofNanos(n * 1000);
      case "ms" -> Duration.ofMillis(n);
      case "s" -> Duration.ofSeconds(n);
      case "m" -> Duration.ofMinutes(n);
      default -> Duration.ofHours(n);
    };
  }

  /**
   * @param value {@code 64MiB}, or a plain number of bytes
   */
  static long bytes(@Nullable Object value, String path) {
    if (value instanceof Integer || value instanceof Long) {
      return ((Number) value).longValue();
    }
    Matcher m = SIZE.matcher(value instanceof String s ? s : "");
    if (!m.matches()) {
      throw expected("a size such as 64MiB, 16KiB or a number of bytes", value, path, null);
    }
    int shift = 10 * List.of("B", "KiB", "MiB", "GiB").indexOf(m.group(2));
    long n = Long.parseLong(m.group(1));
    if (n > Long.MAX_VALUE >> shift) {
      throw expected("a size that fits 63 bits", value, path, null);
    }
    return n << shift;
  }

  static ConfigException expected(
      String what, @Nullable Object value, String path, @Nullable String remedy) {
    return new ConfigException(path, "expected " + what + ", found " + found(value) + ".", remedy);
  }

  /** A value in a message: short, one line. */
  static String found(@Nullable Object value) {
    if (value == null) {
      return "nothing";
    }
    if (value instanceof Map) {
      return "a map";
    }
    if (value instanceof List) {
      return "a list";
    }
    if (value instanceof String s) {
      return "'" + Texts.shown(s) + "'";
    }
    return value.toString();
  }

  /** How a constant is written in YAML: {@code at-least-once}. */
  static String spelled(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
