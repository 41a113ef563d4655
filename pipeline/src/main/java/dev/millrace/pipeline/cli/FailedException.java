package dev.millrace.pipeline.cli;

/** A command did not succeed, for a reason that its user can understand and mend. */
final class FailedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  FailedException(String message) {
    super(message, null, false, false);
  }
}
