package dev.millrace.connectors.kafka;

/**
 * Records of one partition.
 *
 * @param from the first offset
 * @param to the offset after the last
 */
public record OffsetRange(long from, long to) {

  /** Whatever is there when reading begins. */
  public static final OffsetRange ALL = new OffsetRange(0, Long.MAX_VALUE);

  public OffsetRange {
    if (from < 0 || to < from) {
      throw new IllegalArgumentException("offsets " + from + " to " + to);
    }
  }
}
