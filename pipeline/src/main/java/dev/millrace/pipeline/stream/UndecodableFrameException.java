package dev.millrace.pipeline.stream;

import dev.millrace.connectors.DeadLetterReason;

/** The bytes of a frame are no picture within the limits. */
public final class UndecodableFrameException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient DeadLetterReason reason;

  public UndecodableFrameException(DeadLetterReason reason) {
    super(reason.message(), null, false, false);
    this.reason = reason;
  }

  DeadLetterReason reason() {
    return reason;
  }
}
