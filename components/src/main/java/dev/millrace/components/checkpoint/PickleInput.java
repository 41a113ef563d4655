package dev.millrace.components.checkpoint;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** The bytes of a pickle, read forwards; every read checks that they are there. */
final class PickleInput {

  /** Longer texts are no names and are not decoded. */
  static final int LONGEST_NAME = 4096;

  private final ByteBuffer in;

  PickleInput(ByteBuffer bytes) {
    in = bytes.slice().order(ByteOrder.LITTLE_ENDIAN);
  }

  int position() {
    return in.position();
  }

  int unsignedByte() {
    need(1);
    return in.get() & 0xff;
  }

  int unsignedShort() {
    need(2);
    return in.getShort() & 0xffff;
  }

  int signedInt() {
    need(4);
    return in.getInt();
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
    return in.getLong();
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
    return Double.longBitsToDouble(Long.reverseBytes(in.getLong()));
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
      value |= (in.get() & 0xffL) << (8 * i);
    }
    int unused = 64 - 8 * length;
    return length == 0 ? 0 : value << unused >> unused;
  }

  String text(int length) {
    need(length);
    ByteBuffer slice = in.slice(in.position(), length);
    in.position(in.position() + length);
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

  /** A view of the next bytes. */
  ByteBuffer bytes(int length) {
    need(length);
    ByteBuffer slice = in.slice(in.position(), length).order(ByteOrder.LITTLE_ENDIAN);
    in.position(in.position() + length);
    return slice;
  }

  /** Up to the next line feed, which is consumed and not part of it. */
  String line() {
    int length = 0;
    while (true) {
      need(length + 1);
      if (in.get(in.position() + length) == '\n') {
        break;
      }
      if (++length > LONGEST_NAME) {
        throw new CheckpointException("a name longer than " + LONGEST_NAME + " bytes");
      }
    }
    String line = text(length);
    in.get();
    return line;
  }

  private void need(int bytes) {
    if (in.remaining() < bytes) {
      throw new CheckpointException(
          "it ends in the middle of a value: "
              + bytes
              + " bytes expected at byte "
              + in.position()
              + ", "
              + in.remaining()
              + " left. The file is damaged or incomplete.");
    }
  }
}
