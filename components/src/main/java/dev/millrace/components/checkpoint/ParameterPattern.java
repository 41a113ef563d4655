package dev.millrace.components.checkpoint;

import java.util.List;

/**
 * A pattern of parameter names: segments between dots, {@code *} for any one segment, {@code **}
 * for any number of them, none included. {@code backbone.**} is the backbone and all below it.
 */
public record ParameterPattern(String text, List<String> segments) {

  /** Reads a pattern. */
  public static ParameterPattern of(String text) {
    return new ParameterPattern(text, List.of(text.split("\\.", -1)));
  }

  /** Whether a dotted name fits it as a whole. */
  public boolean matches(String name) {
    String[] names = name.split("\\.", -1);
    // reach[i]: the segments read so far can match the first i names.
    boolean[] reach = new boolean[names.length + 1];
    reach[0] = true;
    for (String segment : segments) {
      boolean[] next = new boolean[names.length + 1];
      for (int i = 0; i <= names.length; i++) {
        if (segment.equals("**")) {
          next[i] = reach[i] || (i > 0 && next[i - 1]);
        } else {
          next[i] = i > 0 && reach[i - 1] && (segment.equals("*") || segment.equals(names[i - 1]));
        }
      }
      reach = next;
    }
    return reach[names.length];
  }
}
