package dev.millrace.connectors.format;

import java.util.Arrays;
import java.util.Optional;

/** How raw pixels lie in memory, one byte a channel. */
public enum PixelFormat {
  BGR24("bgr24", 3),
  RGB24("rgb24", 3),
  GRAY8("gray8", 1);

  private final String label;
  private final int channels;

  PixelFormat(String label, int channels) {
    this.label = label;
    this.channels = channels;
  }

  /** Its name in headers. */
  public String label() {
    return label;
  }

  /** Bytes of a pixel. */
  public int channels() {
    return channels;
  }

  public static Optional<PixelFormat> of(String label) {
    return Arrays.stream(values()).filter(format -> format.label.equals(label)).findFirst();
  }
}
