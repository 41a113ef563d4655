package dev.millrace.connectors.format;

import dev.millrace.connectors.DeadLetterReason;
import dev.millrace.connectors.FrameRecord;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** What a frame's headers say of its value. */
public sealed interface FrameFormat {

  /** An encoded image; which kind, its first bytes tell. */
  record Encoded() implements FrameFormat {}

  /** Pixels, {@code height x width x channels} bytes, row by row from the top. */
  record Raw(int width, int height, PixelFormat pixels) implements FrameFormat {

    /** The headers that say this. */
    public Map<String, String> headers() {
      return Map.of(
          FrameHeaders.CONTENT_TYPE, FrameHeaders.RAW,
          FrameHeaders.WIDTH, Integer.toString(width),
          FrameHeaders.HEIGHT, Integer.toString(height),
          FrameHeaders.FORMAT, pixels.label());
    }

    long bytes() {
      long pixelCount = (long) width * height;
      int channels = pixels.channels();
      return pixelCount > Long.MAX_VALUE / channels ? Long.MAX_VALUE : pixelCount * channels;
    }
  }

  /** Nothing that can be read, and why. */
  record Unreadable(DeadLetterReason reason) implements FrameFormat {}

  /** What the frame's headers say; checked against the length of its value. */
  static FrameFormat of(FrameRecord frame) {
    Map<String, String> headers = frame.headers();
    int length = frame.value().length;
    if (length == 0) {
      return unreadable(DeadLetterReason.EMPTY, "The record has no value: expected an image.");
    }
    String type = headers.getOrDefault(FrameHeaders.CONTENT_TYPE, "");
    if (!type.toLowerCase(Locale.ROOT).strip().startsWith(FrameHeaders.RAW)) {
      return new Encoded();
    }
    String label = headers.getOrDefault(FrameHeaders.FORMAT, "");
    PixelFormat pixels = PixelFormat.of(label).orElse(null);
    if (pixels == null) {
      return unreadable(
          DeadLetterReason.UNSUPPORTED,
          "Header format of a raw frame: expected one of "
              + Arrays.stream(PixelFormat.values())
                  .map(PixelFormat::label)
                  .collect(Collectors.joining(", "))
              + ", found '"
              + label
              + "'.");
    }
    int width = side(headers.getOrDefault(FrameHeaders.WIDTH, ""));
    int height = side(headers.getOrDefault(FrameHeaders.HEIGHT, ""));
    if (width < 1 || height < 1) {
      return unreadable(
          DeadLetterReason.UNSUPPORTED,
          "Headers width and height of a raw frame: expected positive integers, found '"
              + headers.get(FrameHeaders.WIDTH)
              + "' and '"
              + headers.get(FrameHeaders.HEIGHT)
              + "'.");
    }
    Raw raw = new Raw(width, height, pixels);
    if (raw.bytes() != length) {
      return unreadable(
          length < raw.bytes() ? DeadLetterReason.TRUNCATED : DeadLetterReason.UNDECODABLE,
          "A raw frame of %dx%d %s has %d bytes, found %d."
              .formatted(width, height, label, raw.bytes(), length));
    }
    return raw;
  }

  private static int side(String text) {
    try {
      return Integer.parseInt(text.strip());
    } catch (NumberFormatException e) {
      return -1;
    }
  }

  private static Unreadable unreadable(String code, String message) {
    return new Unreadable(new DeadLetterReason(code, message));
  }
}
