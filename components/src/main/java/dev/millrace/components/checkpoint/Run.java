package dev.millrace.components.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.function.Consumer;

/**
 * A run of bytes in memory, or in a file that is not read before its bytes are wanted. Any thread.
 *
 * <p>A file is held open, not mapped: where it is cut short meanwhile a read fails in words, while
 * mapped memory would fail in the virtual machine, later and elsewhere.
 */
sealed interface Run {

  /** What is read of a file at once, where all of it need not be there at once. */
  int PIECE_BYTES = 1 << 16;

  /** How many bytes. */
  long length();

  /** A part of it, which is not read either. The caller has made sure that it has these bytes. */
  Run part(long offset, long length);

  /**
   * Fills a buffer's rest with the bytes from an offset on.
   *
   * @throws CheckpointException if the file cannot be read or has them no longer
   */
  void read(long offset, ByteBuffer into);

  /** All of it, little-endian: the memory that it lies in, or a copy. */
  ByteBuffer bytes();

  /** All of it piece by piece, little-endian; a piece is valid while it is handed over. */
  void pieces(Consumer<ByteBuffer> consumer);

  /**
   * A part of it.
   *
   * @throws CheckpointException if it has no such bytes
   */
  default Run checkedPart(long offset, long length) {
    if (offset < 0 || length < 0 || offset > length() || length > length() - offset) {
      throw new CheckpointException(
          "it ends early: "
              + length
              + " bytes expected at byte "
              + offset
              + " of "
              + length()
              + ". The file is damaged or incomplete.");
    }
    return part(offset, length);
  }

  static Run of(ByteBuffer bytes) {
    return new InMemory(bytes.slice().asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN));
  }

  /** A file's bytes. It may be replaced or deleted; it is closed when no run of it is left. */
  static InFile of(Path file) throws IOException {
    FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
    return new InFile(file, channel, 0, channel.size());
  }

  /** In memory. */
  record InMemory(ByteBuffer memory) implements Run {
    @Override
    public long length() {
      return memory.remaining();
    }

    @Override
    public Run part(long offset, long length) {
      return of(memory.slice((int) offset, (int) length));
    }

    @Override
    public void read(long offset, ByteBuffer into) {
      into.put(memory.slice((int) offset, into.remaining()));
    }

    @Override
    public ByteBuffer bytes() {
      return memory.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    }

    @Override
    public void pieces(Consumer<ByteBuffer> consumer) {
      consumer.accept(bytes());
    }
  }

  /** In a file. */
  record InFile(Path file, FileChannel channel, long start, long length) implements Run {

    /** A channel copies through direct memory as much as it is asked for, and keeps that memory. */
    private static final int MOST_AT_ONCE = 1 << 20;

    @Override
    public InFile part(long offset, long length) {
      return new InFile(file, channel, start + offset, length);
    }

    @Override
    public void read(long offset, ByteBuffer into) {
      long at = start + offset;
      int end = into.limit();
      try {
        while (into.position() < end) {
          into.limit(Math.min(end, into.position() + MOST_AT_ONCE));
          int count = channel.read(into, at);
          if (count < 0) {
            throw new CheckpointException(file + " was cut short while it was read");
          }
          at += count;
        }
      } catch (IOException e) {
        throw new CheckpointException(file + " cannot be read: " + Problem.of(e), e);
      }
    }

    @Override
    public ByteBuffer bytes() {
      ByteBuffer all = Budget.memory(Math.toIntExact(length));
      read(0, all);
      return all.flip();
    }

    @Override
    public void pieces(Consumer<ByteBuffer> consumer) {
      ByteBuffer piece =
          ByteBuffer.allocate((int) Math.min(PIECE_BYTES, length)).order(ByteOrder.LITTLE_ENDIAN);
      for (long at = 0; at < length; at += PIECE_BYTES) {
        piece.clear().limit((int) Math.min(PIECE_BYTES, length - at));
        read(at, piece);
        consumer.accept(piece.flip());
      }
    }

    /** Ends it at once, where nothing of it is wanted. */
    void close() {
      try {
        channel.close();
      } catch (IOException e) {
        throw new CheckpointException(file + " cannot be closed: " + Problem.of(e), e);
      }
    }
  }
}
