package dev.millrace.connectors;

import java.util.List;

/**
 * Why a frame could not be processed.
 *
 * @param code short and stable, for machines: one of {@link #CODES}
 * @param message one sentence for people: what was expected, what was found
 */
public record DeadLetterReason(String code, String message) {

  /** There is no value. */
  public static final String EMPTY = "empty";

  /** A picture, or raw headers, of a kind that is not read. */
  public static final String UNSUPPORTED = "unsupported";

  /** No picture, or a damaged one. */
  public static final String UNDECODABLE = "undecodable";

  /** The picture's end is missing. */
  public static final String TRUNCATED = "truncated";

  /** More bytes than allowed. */
  public static final String OVERSIZED = "oversized";

  /** More pixels than allowed. */
  public static final String TOO_MANY_PIXELS = "too-many-pixels";

  /** The model failed on this frame alone. */
  public static final String PROCESSING_FAILED = "processing-failed";

  /** No sink can take its event. */
  public static final String UNDELIVERABLE = "undeliverable";

  /** All codes that there are. */
  public static final List<String> CODES =
      List.of(
          EMPTY,
          UNSUPPORTED,
          UNDECODABLE,
          TRUNCATED,
          OVERSIZED,
          TOO_MANY_PIXELS,
          PROCESSING_FAILED,
          UNDELIVERABLE);
}
