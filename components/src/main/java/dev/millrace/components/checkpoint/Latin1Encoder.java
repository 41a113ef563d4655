package dev.millrace.components.checkpoint;

import java.nio.ByteBuffer;

/** Turns UTF-8 into a byte for each character, piece by piece. One use. */
final class Latin1Encoder {

  private final ByteBuffer out;
  private long characters;
  private int first = -1;

  /**
   * @param out for as many characters as are expected; further ones are counted only
   */
  Latin1Encoder(ByteBuffer out) {
    this.out = out;
  }

  /**
   * @throws CheckpointException for a character that is no byte
   */
  void accept(ByteBuffer utf8) {
    while (utf8.hasRemaining()) {
      int next = utf8.get() & 0xff;
      if (first >= 0) {
        if ((next & 0xc0) != 0x80) {
          throw notLatin1();
        }
        put(first << 6 | next & 0x3f);
        first = -1;
      } else if (next < 0x80) {
        put(next);
      } else if (next == 0xc2 || next == 0xc3) {
        first = next;
      } else {
        throw notLatin1();
      }
    }
  }

  private void put(int character) {
    characters++;
    if (out.hasRemaining()) {
      out.put((byte) character);
    }
  }

  private static CheckpointException notLatin1() {
    return new CheckpointException("a numpy array whose text is not bytes in Latin-1");
  }

  /** How many characters there were. */
  long characters() {
    if (first >= 0) {
      throw notLatin1();
    }
    return characters;
  }

  ByteBuffer bytes() {
    return out.flip();
  }
}
