package dev.millrace.pipeline.server;

import dev.millrace.pipeline.revision.Revision;
import dev.millrace.pipeline.revision.RevisionState;

/** The first model did not go live, so there is nothing to serve. */
public final class StartException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final boolean refused;

  StartException(Revision ended) {
    super(ended.reason());
    this.refused = ended.state() == RevisionState.REFUSED;
  }

  /** Whether the configuration has a mistake; otherwise building failed. */
  public boolean refused() {
    return refused;
  }
}
