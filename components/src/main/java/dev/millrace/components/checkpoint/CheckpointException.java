package dev.millrace.components.checkpoint;

import org.jspecify.annotations.Nullable;

/**
 * A checkpoint that cannot be read: damaged, of another kind, or with something in it that has no
 * business there. The message says which file and where in it, what was expected and what was
 * found. The only exception that a reader throws, whatever the bytes.
 */
public final class CheckpointException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** A problem found where the file's name is not known yet; {@link #in} adds it. */
  CheckpointException(String problem) {
    super(problem);
  }

  CheckpointException(String problem, @Nullable Throwable cause) {
    super(problem, cause);
  }

  /** The same problem, with the file or the part of it before the message. */
  CheckpointException in(String where) {
    return new CheckpointException(where + ": " + getMessage(), this);
  }
}
