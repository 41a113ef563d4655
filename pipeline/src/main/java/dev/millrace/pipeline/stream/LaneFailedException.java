package dev.millrace.pipeline.stream;

/**
 * An {@link Error} such as a lack of memory on a lane: nothing there can be trusted any more, so
 * the flow ends. What was not acknowledged is read again by whoever comes next.
 */
public final class LaneFailedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  LaneFailedException(String where, Error cause) {
    super(where + " failed: " + cause, cause);
  }
}
