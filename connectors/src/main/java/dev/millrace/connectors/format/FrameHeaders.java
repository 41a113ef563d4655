package dev.millrace.connectors.format;

/** Names of the headers of a frame, and the content types they may say. */
public final class FrameHeaders {
  public static final String CONTENT_TYPE = "content-type";

  /** Of raw pixels, in pixels. */
  public static final String WIDTH = "width";

  public static final String HEIGHT = "height";

  /** Of raw pixels: a {@link PixelFormat}'s label. */
  public static final String FORMAT = "format";

  /** Of a synthetic frame: what is really in it, as {@link GroundTruthJson} writes it. */
  public static final String GROUND_TRUTH = "ground-truth";

  public static final String JPEG = "image/jpeg";
  public static final String PNG = "image/png";

  /** Raw pixels, row by row from the top, without padding. */
  public static final String RAW = "application/x-raw";

  private FrameHeaders() {}
}
