package dev.millrace.pipeline.training;

/** A run that cannot go on; its message says why and what to do. */
public final class TrainingFailedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  TrainingFailedException(String message) {
    super(message);
  }
}
