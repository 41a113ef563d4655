package dev.millrace.components.modeling;

/**
 * A component has no training pass. The configuration's mistake, if it wants that trained: the
 * message names the component, and whoever runs the training says where it stands.
 */
public final class NotTrainableException extends UnsupportedOperationException {
  private static final long serialVersionUID = 1L;

  /**
   * @param message a sentence without its full stop
   */
  public NotTrainableException(String message) {
    super(message);
  }
}
