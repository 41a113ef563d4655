package dev.millrace.components.image;

/**
 * A picture that cannot or must not be decoded; the expected outcome of bad bytes, so it carries no
 * stack trace. The decoder that threw it goes on working.
 */
public final class ImageRejectedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** No bytes. */
  public static final String EMPTY = "empty";

  /** Bytes that are no picture, or a damaged one. */
  public static final String UNDECODABLE = "undecodable";

  /** A picture whose end is missing. */
  public static final String TRUNCATED = "truncated";

  /** More bytes than {@link ImageLimits} allow. */
  public static final String OVERSIZED = "oversized";

  /** More pixels than {@link ImageLimits} allow. */
  public static final String TOO_MANY_PIXELS = "too-many-pixels";

  /** A picture of a kind that is not decoded here. */
  public static final String UNSUPPORTED = "unsupported";

  private final String code;

  /**
   * @param code one of the constants of this class: short and stable, for machines
   * @param message one sentence for people: what was expected, what was found
   */
  public ImageRejectedException(String code, String message) {
    super(message, null, false, false);
    this.code = code;
  }

  static ImageRejectedException undecodable(String message) {
    return new ImageRejectedException(UNDECODABLE, message);
  }

  static ImageRejectedException truncated(String message) {
    return new ImageRejectedException(TRUNCATED, message);
  }

  static ImageRejectedException unsupported(String message) {
    return new ImageRejectedException(UNSUPPORTED, message);
  }

  public String code() {
    return code;
  }
}
