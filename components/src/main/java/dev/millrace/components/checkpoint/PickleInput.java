package dev.millrace.components.checkpoint;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * The bytes of a pickle, read forwards through a window; every read checks that they are there.
 * Long values are not read but said where they are.
 */
final class PickleInput {

  /** Longer texts are no names and are not decoded. */
  static final int LONGEST_NAME = 4096;

  private final Run source;

  /** What is read of the source and lies before its reader, from {@code base} on. */
  private final ByteBuffer window =
      ByteBuffer.allocate(Run.PIECE_BYTES).order(ByteOrder.LITTLE_ENDIAN).limit(0);

  private long base;

  PickleInput(Run source) {
    this.source = source;
  }

  long position() {
    return base + window.position();
  }

  int unsignedByte() {
    need(1);
    return window.get() & 0xff;
  }

  int unsignedShort() {
    need(2);
    return window.getShort() & 0xffff;
  }

  int signedInt() {
    need(4);
    return window.getInt();
  }

  /** A length or index; refused unless it fits a signed int. */
  int unsignedInt() {
    int value = signedInt();
    if (value < 0) {
      throw new CheckpointException(
          "a length or index of " + Integer.toUnsignedString(value) + " at byte " + position());
    }
    return value;
  }

  long unsignedLong() {
    need(8);
    return window.getLong();
  }

  /** A length of 8 bytes; refused unless it fits a signed int. */
  int longLength() {
    long value = unsignedLong();
    if (value < 0 || value > Integer.MAX_VALUE) {
      throw new CheckpointException(
          "a length of " + Long.toUnsignedString(value) + " at byte " + position());
    }
    return (int) value;
  }

  double bigEndianDouble() {
    need(8);
    return Double.longBitsToDouble(Long.reverseBytes(window.getLong()));
  }

  /** A two's-complement integer of {@code length} bytes, 8 at most. */
  long integer(int length) {
    if (length > 8) {
      throw new CheckpointException(
          "an integer of " + length + " bytes at byte " + position() + ", 8 at most expected");
    }
    need(length);
    long value = 0;
    for (int i = 0; i < length; i++) {
      value |= (window.get() & 0xffL) << (8 * i);
    }
    int unused = 64 - 8 * length;
    return length == 0 ? 0 : value << unused >> unused;
  }

  /** A text of {@link #LONGEST_NAME} bytes at most. */
  String text(int length) {
    need(length);
    ByteBuffer slice = window.slice(window.position(), length);
    window.position(window.position() + length);
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(slice).toString();
    } catch (CharacterCodingException e) {
      throw new CheckpointException("text that is not UTF-8 before byte " + position(), e);
    }
  }

  /** A text, decoded only if it can be a name. */
  Pickled maybeName(int length) {
    return length > LONGEST_NAME
        ? new Pickled.LongText(bytes(length))
        : new Pickled.Text(text(length));
  }

  /** Where the next bytes are; they are skipped. */
  Run bytes(int length) {
    long at = position();
    if (length > source.length() - at) {
      throw ends(length);
    }
    if (length <= window.remaining()) {
      window.position(window.position() + length);
    } else {
      base = at + length;
      window.limit(0);
    }
    return source.part(at, length);
  }

  /** Up to the next line feed, which is consumed and not part of it. */
  String line() {
    int length = 0;
    while (true) {
      need(length + 1);
      if (window.get(window.position() + length) == '\n') {
        break;
      }
      if (++length > LONGEST_NAME) {
        throw new CheckpointException("a name longer than " + LONGEST_NAME + " bytes");
      }
    }
    String line = text(length);
    window.get();
    return line;
  }

  private void need(int bytes) {
    if (window.remaining() >= bytes) {
      return;
    }
    long at = position();
    if (bytes > source.length() - at) {
      throw ends(bytes);
    }
    base = at;
    window.clear().limit((int) Math.min(window.capacity(), source.length() - at));
    source.read(at, window);
    window.flip();
  }

  private CheckpointException ends(int bytes) {
    return new CheckpointException(
        "it ends in the middle of a value: "
            + bytes
            + " bytes expected at byte "
            + position()
            + ", "
            + (source.length() - position())
            + " left. The file is damaged or incomplete.");
  }
}
