package dev.millrace.components.image;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The encodings that are decoded, told apart by their first bytes. */
public enum ImageFormat {
  JPEG(new byte[] {(byte) 0xff, (byte) 0xd8, (byte) 0xff}),
  PNG(new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'});

  private final byte[] magic;

  ImageFormat(byte[] magic) {
    this.magic = magic;
  }

  /**
   * @throws ImageRejectedException empty, truncated, unsupported (another picture format) or
   *     undecodable
   */
  static ImageFormat of(byte[] bytes) {
    for (ImageFormat format : values()) {
      int n = Math.min(bytes.length, format.magic.length);
      if (n > 0 && Arrays.equals(bytes, 0, n, format.magic, 0, n)) {
        if (n < format.magic.length) {
          throw ImageRejectedException.truncated(
              "the frame has only " + n + " bytes, the beginning of a " + format);
        }
        return format;
      }
    }
    String start = new String(bytes, 0, Math.min(bytes.length, 12), StandardCharsets.ISO_8859_1);
    String other = otherFormat(start);
    if (other != null) {
      throw ImageRejectedException.unsupported("expected a JPEG or a PNG, found a " + other);
    }
    throw ImageRejectedException.undecodable(
        "expected a JPEG or a PNG, found " + bytes.length + " bytes that begin " + hex(bytes));
  }

  private static @Nullable String otherFormat(String start) {
    if (start.startsWith("GIF8")) {
      return "GIF";
    }
    if (start.startsWith("RIFF") && start.endsWith("WEBP")) {
      return "WebP";
    }
    if (start.startsWith("II*\0") || start.startsWith("MM\0*")) {
      return "TIFF";
    }
    if (start.startsWith("ftypavif", 4) || start.startsWith("ftypheic", 4)) {
      return "HEIF";
    }
    if (start.startsWith("\0\0\0\fjP  ")) {
      return "JPEG 2000";
    }
    return start.startsWith("BM") && start.length() == 12 ? "BMP" : null;
  }

  private static String hex(byte[] bytes) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < Math.min(bytes.length, 8); i++) {
      text.append(i == 0 ? "" : " ").append("%02x".formatted(bytes[i]));
    }
    return text.toString();
  }
}
