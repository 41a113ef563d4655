package dev.millrace.components.checkpoint;

import org.jspecify.annotations.Nullable;

/**
 * A checkpoint that cannot be read: damaged, of another kind, or with something in it that has no
 * business there. The message says which file and where in it, what was expected and what was
 * found. The only exception that a reader throws, whatever the bytes.
 */
public final class CheckpointException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final @Nullable String remedy;

  /** A problem found where the file's name is not known yet; {@link #in} adds it. */
  CheckpointException(String problem) {
    this(problem, null, null);
  }

  CheckpointException(String problem, @Nullable Throwable cause) {
    this(problem, null, cause);
  }

  /**
   * @param remedy what helps against this problem, one sentence, where fetching the file again or
   *     another one does not
   */
  CheckpointException(String problem, @Nullable String remedy, @Nullable Throwable cause) {
    super(problem, cause);
    this.remedy = remedy;
  }

  /** What to do, one sentence. */
  public String remedy() {
    return remedy == null ? "Fetch the file again or name another one." : remedy;
  }

  /** The same problem, with the file or the part of it before the message. */
  CheckpointException in(String where) {
    return new CheckpointException(where + ": " + getMessage(), remedy, this);
  }
}
