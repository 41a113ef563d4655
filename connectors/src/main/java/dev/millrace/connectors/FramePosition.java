package dev.millrace.connectors;

/** Where a frame lies: unique for ever, and the id of its event. */
public record FramePosition(String topic, int partition, long offset) {

  /** {@code topic-partition-offset}: the deterministic id of the frame's event. */
  public String id() {
    return topic + "-" + partition + "-" + offset;
  }

  @Override
  public String toString() {
    return id();
  }
}
