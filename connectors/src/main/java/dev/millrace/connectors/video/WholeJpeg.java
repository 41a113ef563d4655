package dev.millrace.connectors.video;

/** Whether a packet of motion JPEG is a JPEG that stands on its own. */
final class WholeJpeg {
  private WholeJpeg() {}

  /**
   * Looks for the Huffman tables, which motion JPEG often leaves out, before the first scan, and
   * for the end marker, which padding may follow.
   */
  static boolean check(byte[] bytes) {
    if (bytes.length < 4 || bytes[0] != (byte) 0xff || bytes[1] != (byte) 0xd8) {
      return false;
    }
    boolean tables = false;
    int at = 2;
    while (at + 4 <= bytes.length && bytes[at] == (byte) 0xff) {
      int marker = bytes[at + 1] & 0xff;
      tables |= marker == 0xc4;
      if (marker == 0xda) {
        return tables && endsWell(bytes, at);
      }
      at += 2 + ((bytes[at + 2] & 0xff) << 8 | (bytes[at + 3] & 0xff));
    }
    return false;
  }

  private static boolean endsWell(byte[] bytes, int from) {
    int last = bytes.length - 1;
    while (last > from && bytes[last] == 0) {
      last--;
    }
    return bytes[last] == (byte) 0xd9 && bytes[last - 1] == (byte) 0xff;
  }
}
