package dev.millrace.pipeline.stream;

/**
 * An {@link Error} such as a lack of memory, or a device that is lost: nothing on the lane can be
 * trusted any more, so the flow ends. What was not acknowledged is read again by whoever comes
 * next.
 */
public final class LaneFailedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  LaneFailedException(String where, Throwable cause) {
    super(where + " failed: " + cause, cause);
  }
}
