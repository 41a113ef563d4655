package dev.millrace.components.image;

import static dev.millrace.components.image.ImageRejectedException.truncated;
import static dev.millrace.components.image.ImageRejectedException.undecodable;
import static dev.millrace.components.image.ImageRejectedException.unsupported;

/**
 * One walk over the markers of a JPEG (ITU-T T.81, annex B): first to its frame header, then to its
 * end. Nothing is decoded.
 *
 * <pre>
 *  SOI  APPn DQT  SOFn   DHT  SOS  entropy coded data  [DHT SOS data]...  EOI
 *                  |                                                       |
 *              header()                                                 body()
 * </pre>
 */
final class JpegScan {
  private static final int DHT = 0xc4;
  private static final int JPG = 0xc8;
  private static final int DAC = 0xcc;
  private static final int EOI = 0xd9;
  private static final int SOS = 0xda;
  private static final int DNL = 0xdc;
  private static final int DRI = 0xdd;
  private static final int APP0 = 0xe0;
  private static final int APP14 = 0xee;
  private static final int APP15 = 0xef;
  private static final int COM = 0xfe;

  /** A progressive picture needs about ten; thousands would be an attack on the decoder's time. */
  private static final int MOST_SCANS = 100;

  private final byte[] bytes;
  private final ByteRanges kept;
  private int at = 2;

  /** Where the contents of the last segment begin. */
  private int contents;

  private int scans;
  private int[] componentIds = {};
  private boolean[] componentSeen = {};

  JpegScan(byte[] bytes) {
    this.bytes = bytes;
    this.kept = new ByteRanges(bytes);
    kept.add(0, 2);
  }

  ImageHeader header() {
    while (true) {
      int start = at;
      int marker = marker();
      if (marker == SOS || marker == EOI) {
        throw undecodable("a JPEG without a frame header before byte " + start);
      }
      skipSegment(marker);
      keep(marker, start);
      if (isFrameHeader(marker)) {
        return frameHeader(marker);
      }
    }
  }

  /** What a decoder needs to see of the picture. After {@link #header()}. */
  ByteRanges body() {
    while (true) {
      int start = at;
      int marker = marker();
      if (marker == EOI) {
        kept.add(start, at);
        checkEveryComponentSeen();
        return kept;
      }
      if (isFrameHeader(marker)) {
        throw undecodable("a JPEG with a second frame header, at byte " + start);
      }
      skipSegment(marker);
      if (marker == SOS) {
        scanHeader();
        skipEntropyCodedData();
      }
      keep(marker, start);
    }
  }

  /** Metadata stays behind: nothing in it may steer the decoder, but Adobe's colour transform. */
  private void keep(int marker, int start) {
    boolean metadata = marker >= APP0 && marker <= APP15 && marker != APP14;
    if (!metadata && marker != COM && marker != DNL) {
      kept.add(start, at);
    }
  }

  private int marker() {
    if (at < bytes.length && unsigned(at) != 0xff) {
      throw undecodable(
          "a JPEG with 0x%02x at byte %d where a marker should be".formatted(bytes[at], at));
    }
    while (at < bytes.length && unsigned(at) == 0xff) {
      at++;
    }
    if (at >= bytes.length) {
      throw truncated("a JPEG that ends at byte " + bytes.length + " without its end marker");
    }
    int marker = unsigned(at++);
    if (!isKnown(marker)) {
      throw undecodable(
          "a JPEG with an unexpected marker 0x%02x at byte %d".formatted(marker, at - 1));
    }
    return marker;
  }

  /** JPEG's own; not those of its relatives, such as JPEG-LS, which a decoder would follow. */
  private static boolean isKnown(int marker) {
    return (marker >= 0xc0 && marker <= 0xcf && marker != JPG && marker != DAC)
        || (marker >= EOI && marker <= DRI)
        || (marker >= APP0 && marker <= APP15)
        || marker == COM;
  }

  private void skipSegment(int marker) {
    if (at + 2 > bytes.length) {
      throw truncated("a JPEG that ends within marker 0x%02x".formatted(marker));
    }
    int length = u16(at);
    if (length < 2) {
      throw undecodable("a JPEG with a segment of length " + length + " at byte " + at);
    }
    if (at + length > bytes.length) {
      throw truncated(
          "a JPEG that ends at byte %d, within a segment that reaches to byte %d"
              .formatted(bytes.length, at + length));
    }
    contents = at + 2;
    at += length;
  }

  private static boolean isFrameHeader(int marker) {
    return marker >= 0xc0 && marker <= 0xcf && marker != DHT;
  }

  private ImageHeader frameHeader(int marker) {
    if (marker > 0xc2) {
      throw unsupported(
          "a JPEG of kind SOF%d (%s); decoded are baseline, extended and progressive Huffman ones"
              .formatted(marker - 0xc0, marker > 0xc8 ? "arithmetic" : "lossless or hierarchical"));
    }
    int length = at - contents;
    int components = length < 6 ? 0 : unsigned(contents + 5);
    if (length < 6 || length != 6 + 3 * components) {
      throw undecodable(
          "a JPEG whose frame header has %d bytes for %d components".formatted(length, components));
    }
    int precision = unsigned(contents);
    int height = u16(contents + 1);
    int width = u16(contents + 3);
    if (precision != 8) {
      throw unsupported("a JPEG with " + precision + " bits a sample; decoded are 8");
    }
    if (components != 1 && components != 3) {
      throw unsupported(
          "a JPEG with " + components + " components (CMYK has 4); decoded are 1 and 3");
    }
    if (height == 0) {
      throw unsupported("a JPEG that tells its height only at its end (DNL)");
    }
    if (width == 0) {
      throw undecodable("a JPEG of width 0");
    }
    componentIds = new int[components];
    componentSeen = new boolean[components];
    for (int i = 0; i < components; i++) {
      componentIds[i] = unsigned(contents + 6 + 3 * i);
    }
    return new ImageHeader(ImageFormat.JPEG, width, height, components, precision);
  }

  private void scanHeader() {
    int length = at - contents;
    int components = length < 1 ? 0 : unsigned(contents);
    if (components < 1 || length != 4 + 2 * components) {
      throw undecodable(
          "a JPEG whose scan header has %d bytes for %d components".formatted(length, components));
    }
    if (++scans > MOST_SCANS) {
      throw unsupported("a JPEG with more than " + MOST_SCANS + " scans");
    }
    boolean first = unsigned(contents + 1 + 2 * components) == 0;
    for (int i = 0; i < components; i++) {
      for (int c = 0; c < componentIds.length; c++) {
        componentSeen[c] |= first && componentIds[c] == unsigned(contents + 1 + 2 * i);
      }
    }
  }

  /** Up to the next marker that is neither a stuffed 0xff nor a restart. */
  private void skipEntropyCodedData() {
    for (int i = at; i + 1 < bytes.length; i++) {
      if (bytes[i] == (byte) 0xff) {
        int next = unsigned(i + 1);
        if (next != 0 && next != 0xff && (next < 0xd0 || next > 0xd7)) {
          at = i;
          return;
        }
      }
    }
    throw truncated(
        "a JPEG whose picture data runs to byte " + bytes.length + " without an end marker");
  }

  private void checkEveryComponentSeen() {
    for (int c = 0; c < componentSeen.length; c++) {
      if (!componentSeen[c]) {
        throw undecodable("a JPEG without data for component " + componentIds[c]);
      }
    }
  }

  private int u16(int i) {
    return unsigned(i) << 8 | unsigned(i + 1);
  }

  private int unsigned(int i) {
    return bytes[i] & 0xff;
  }
}
