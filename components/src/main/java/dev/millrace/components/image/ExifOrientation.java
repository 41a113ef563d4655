package dev.millrace.components.image;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Set;

/**
 * How the file of a picture says that it is to be turned: tag 0x0112 of EXIF 2.3, in the first APP1
 * segment of a JPEG that is EXIF's. Detectron2's {@code _apply_exif_orientation}, which is how it
 * reads the pictures of a dataset.
 *
 * <pre>
 *   1 as stored   2 mirrored   3 by 180   4 upside down   5 to 8: these, with rows for columns
 * </pre>
 */
public final class ExifOrientation {
  private static final int AS_STORED = 1;
  private static final int ORIENTATION = 0x0112;
  private static final int SHORT = 3;
  private static final Set<Integer> FROM_RIGHT = Set.of(2, 3, 7, 8);
  private static final Set<Integer> FROM_BOTTOM = Set.of(3, 4, 6, 7);
  private static final int SOS = 0xda;
  private static final int APP1 = 0xe1;
  private static final byte[] EXIF = "Exif\0\0".getBytes(StandardCharsets.US_ASCII);

  private ExifOrientation() {}

  /**
   * The picture as it is to be seen; the frame itself where nothing is to be turned.
   *
   * @param bytes the file that the frame was decoded from
   */
  public static Frame upright(byte[] bytes, Frame frame) {
    int orientation = of(bytes);
    return orientation == AS_STORED ? frame : turned(frame, orientation);
  }

  /**
   * Reads the tag.
   *
   * @param bytes any bytes at all
   * @return 1 to 8; 1 where there is no such tag that makes sense
   */
  static int of(byte[] bytes) {
    ByteBuffer jpeg = ByteBuffer.wrap(bytes);
    int at = 2;
    while (at + 4 <= bytes.length && bytes[at] == (byte) 0xff) {
      int marker = bytes[at + 1] & 0xff;
      if (marker == 0xff) { // fills
        at++;
        continue;
      }
      int length = jpeg.getShort(at + 2) & 0xffff;
      int end = at + 2 + length;
      if (marker == SOS || length < 2 || end > bytes.length) {
        break;
      }
      int contents = at + 4;
      int tiff = contents + EXIF.length;
      if (marker == APP1
          && tiff <= end
          && Arrays.equals(bytes, contents, tiff, EXIF, 0, EXIF.length)) {
        return ofTiff(jpeg.slice(tiff, end - tiff));
      }
      at = end;
    }
    return AS_STORED;
  }

  /** A header of 8 bytes, and where it points the first list of tags, of 12 bytes each. */
  private static int ofTiff(ByteBuffer tiff) {
    if (tiff.limit() < 8) {
      return AS_STORED;
    }
    int order = tiff.getShort(0);
    if (order == 0x4949) {
      tiff.order(ByteOrder.LITTLE_ENDIAN);
    }
    long list = tiff.getInt(4) & 0xffffffffL;
    if ((order != 0x4949 && order != 0x4d4d) || tiff.getShort(2) != 42 || list + 2 > tiff.limit()) {
      return AS_STORED;
    }
    int first = (int) list + 2;
    int count = Math.min(tiff.getShort((int) list) & 0xffff, (tiff.limit() - first) / 12);
    for (int tag = first; tag < first + 12 * count; tag += 12) {
      if ((tiff.getShort(tag) & 0xffff) == ORIENTATION) {
        int value = tiff.getShort(tag + 8) & 0xffff;
        boolean good = tiff.getShort(tag + 2) == SHORT && tiff.getInt(tag + 4) == 1;
        return good && value >= 1 && value <= 8 ? value : AS_STORED;
      }
    }
    return AS_STORED;
  }

  private static Frame turned(Frame from, int orientation) {
    boolean transposed = orientation >= 5;
    boolean fromRight = FROM_RIGHT.contains(orientation);
    boolean fromBottom = FROM_BOTTOM.contains(orientation);
    int width = transposed ? from.height() : from.width();
    int height = transposed ? from.width() : from.height();
    byte[] source = from.bgr();
    byte[] bgr = new byte[source.length];
    int to = 0;
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int column = transposed ? y : x;
        int row = transposed ? x : y;
        column = fromRight ? from.width() - 1 - column : column;
        row = fromBottom ? from.height() - 1 - row : row;
        int at = 3 * (row * from.width() + column);
        bgr[to++] = source[at];
        bgr[to++] = source[at + 1];
        bgr[to++] = source[at + 2];
      }
    }
    return new Frame(width, height, bgr);
  }
}
