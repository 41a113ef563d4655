package dev.millrace.pipeline.config;

import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The type of an unquoted scalar, as YAML 1.2's core schema (section 10.3.2) has it. */
final class PlainScalar {
  private static final Set<String> NULLS = Set.of("", "~", "null", "Null", "NULL");
  private static final Set<String> TRUE = Set.of("true", "True", "TRUE");
  private static final Set<String> FALSE = Set.of("false", "False", "FALSE");
  private static final Pattern INTEGER = Pattern.compile("[-+]?[0-9]+");
  private static final Pattern OCTAL = Pattern.compile("0o[0-7]+");
  private static final Pattern HEX = Pattern.compile("0x[0-9a-fA-F]+");
  private static final Pattern FLOAT =
      Pattern.compile("[-+]?(\\.[0-9]+|[0-9]+(\\.[0-9]*)?)([eE][-+]?[0-9]+)?");

  private PlainScalar() {}

  /**
   * @return String, Integer, Long, Double, Boolean or null
   * @throws NumberFormatException if it is a whole number of more than 64 bits
   */
  static @Nullable Object of(String text) {
    if (NULLS.contains(text)) {
      return null;
    }
    if (TRUE.contains(text)) {
      return true;
    }
    if (FALSE.contains(text)) {
      return false;
    }
    if (INTEGER.matcher(text).matches()) {
      return whole(text, 10);
    }
    if (OCTAL.matcher(text).matches()) {
      return whole(text.substring(2), 8);
    }
    if (HEX.matcher(text).matches()) {
      return whole(text.substring(2), 16);
    }
    return FLOAT.matcher(text).matches() ? Double.valueOf(text) : text;
  }

  private static Object whole(String digits, int radix) {
    long value = Long.parseLong(digits, radix);
    if (value == (int) value) {
      return (int) value;
    }
    return value;
  }
}
