package dev.millrace.connectors.kafka;

/** Which part of a topic is read. */
public enum ReadFrom {
  /** All of it, then what comes. */
  BEGINNING,
  /** What comes. */
  LATEST,
  /** All that is there at the start; then the flow ends. */
  BEGINNING_TO_END
}
