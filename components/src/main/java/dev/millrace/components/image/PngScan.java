package dev.millrace.components.image;

import static dev.millrace.components.image.ImageRejectedException.truncated;
import static dev.millrace.components.image.ImageRejectedException.undecodable;
import static dev.millrace.components.image.ImageRejectedException.unsupported;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;

/**
 * One walk over the chunks of a PNG (W3C PNG, third edition): first its header, then to its end.
 * Nothing is decoded, and only chunks without which there is no picture are looked into: no
 * profile, text or animation is ever unpacked.
 */
final class PngScan {
  private static final int SIGNATURE = 8;
  private static final int HEADER_LENGTH = 13;

  private final byte[] bytes;
  private final ByteBuffer buffer;
  private final ByteRanges kept;
  private int at = SIGNATURE;

  /** Of the last chunk. */
  private String type = "";

  private int contents;
  private int colourType;
  private boolean interlaced;
  private final byte[] colours = new byte[3 * 256];

  PngScan(byte[] bytes) {
    this.bytes = bytes;
    this.buffer = ByteBuffer.wrap(bytes);
    this.kept = new ByteRanges(bytes);
  }

  ImageHeader header() {
    nextChunk();
    if (!type.equals("IHDR") || at != contents + HEADER_LENGTH + 4) {
      throw undecodable("a PNG that begins with a chunk '" + printable(type) + "', not with IHDR");
    }
    int width = buffer.getInt(contents);
    int height = buffer.getInt(contents + 4);
    int bitDepth = bytes[contents + 8] & 0xff;
    colourType = bytes[contents + 9] & 0xff;
    if (width < 1 || height < 1) {
      throw undecodable(
          "a PNG of %d x %d"
              .formatted(Integer.toUnsignedLong(width), Integer.toUnsignedLong(height)));
    }
    int components =
        switch (colourType) {
          case 0, 3 -> 1;
          case 2 -> 3;
          case 4 -> 2;
          case 6 -> 4;
          default -> 0;
        };
    boolean depthFits =
        switch (bitDepth) {
          case 1, 2, 4 -> components == 1;
          case 8 -> true;
          case 16 -> colourType != 3;
          default -> false;
        };
    if (components == 0 || !depthFits) {
      throw undecodable(
          "a PNG of colour type %d with %d bits, which no PNG has".formatted(colourType, bitDepth));
    }
    if (bytes[contents + 10] != 0
        || bytes[contents + 11] != 0
        || (bytes[contents + 12] & 0xfe) != 0) {
      throw unsupported(
          "a PNG of compression method %d, filter method %d, interlace method %d"
              .formatted(bytes[contents + 10], bytes[contents + 11], bytes[contents + 12]));
    }
    interlaced = bytes[contents + 12] == 1;
    return new ImageHeader(ImageFormat.PNG, width, height, components, bitDepth);
  }

  /** Where the compressed rows lie. After {@link #header()}. */
  ByteRanges body() {
    boolean palette = false;
    boolean data = false;
    while (true) {
      nextChunk();
      switch (type) {
        case "PLTE" -> {
          palette = true;
          int length = at - 4 - contents;
          if (length > colours.length) {
            throw undecodable("a PNG with a palette of " + length + " bytes");
          }
          System.arraycopy(bytes, contents, colours, 0, length);
        }
        case "IDAT" -> {
          data = true;
          kept.add(contents, at - 4);
        }
        case "IEND" -> {
          if (!data || (colourType == 3 && !palette)) {
            throw undecodable("a PNG without " + (data ? "its palette" : "picture data"));
          }
          return kept;
        }
        default -> {
          if (isCritical(type)) {
            throw unsupported("a PNG with an unknown critical chunk '" + printable(type) + "'");
          }
        }
      }
    }
  }

  boolean hasPalette() {
    return colourType == 3;
  }

  /** Red, green, blue of 256 colours; black where the palette is shorter. After {@link #body()}. */
  byte[] palette() {
    return colours;
  }

  boolean interlaced() {
    return interlaced;
  }

  private void nextChunk() {
    if (at + 12 > bytes.length) {
      throw truncated("a PNG that ends at byte " + bytes.length + " without its end chunk");
    }
    int length = buffer.getInt(at);
    if (length < 0) {
      throw undecodable(
          "a PNG with a chunk of %d bytes at byte %d"
              .formatted(Integer.toUnsignedLong(length), at));
    }
    type = new String(bytes, at + 4, 4, StandardCharsets.ISO_8859_1);
    long end = at + 12L + length;
    if (!type.chars().allMatch(c -> (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'))) {
      throw undecodable("a PNG with a chunk '%s' at byte %d".formatted(printable(type), at));
    }
    if (end > bytes.length) {
      throw truncated(
          "a PNG that ends at byte %d, within a chunk %s that reaches to byte %d"
              .formatted(bytes.length, type, end));
    }
    if (isCritical(type)) {
      CRC32 crc = new CRC32();
      crc.update(bytes, at + 4, length + 4);
      if ((int) crc.getValue() != buffer.getInt(at + 8 + length)) {
        throw undecodable("a PNG whose chunk %s at byte %d is damaged".formatted(type, at));
      }
    }
    contents = at + 8;
    at = (int) end;
  }

  private static boolean isCritical(String type) {
    return type.charAt(0) <= 'Z';
  }

  private static String printable(String text) {
    return text.replaceAll("[^ -~]", "?");
  }
}
