package dev.millrace.components.modeling;

/**
 * The device that a model runs on is of no use to this process any more, whatever is run on it: a
 * CUDA context, say, in which a kernel has touched memory that is not its own. Only a new process
 * helps.
 */
public final class DeviceLostException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public DeviceLostException(String message, Throwable cause) {
    super(message, cause);
  }
}
