package dev.millrace.pipeline.dataset;

/** What a file holds, as a message may repeat it. */
final class Excerpt {

  private static final int MOST = 40;

  private Excerpt() {}

  /** In quotes and one line, cut where it is long, without control characters. */
  static String of(String text) {
    String line = text.replaceAll("[\\p{Cntrl}\\s]+", " ").strip();
    return "'" + (line.length() <= MOST ? line : line.substring(0, MOST) + "...") + "'";
  }
}
