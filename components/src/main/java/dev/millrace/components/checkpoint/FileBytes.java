package dev.millrace.components.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * A file as mapped memory: what is read of it takes no heap, and what is not read takes nothing.
 * The memory lives as long as a view of it does, also when the file is replaced or deleted. A file
 * that is cut short meanwhile makes reads fail with an {@link InternalError}, at the latest in
 * {@link #settle}.
 */
final class FileBytes {

  private static final int STEP_BITS = 30;

  private final long size;
  private final List<ByteBuffer> windows = new ArrayList<>();

  private FileBytes(FileChannel channel) throws IOException {
    size = channel.size();
    // Each window reaches into the next, so that a view of up to 1 GiB lies whole in one.
    for (long at = 0; at < Math.max(1, size); at += 1L << STEP_BITS) {
      windows.add(channel.map(MapMode.READ_ONLY, at, Math.min(Integer.MAX_VALUE, size - at)));
    }
  }

  static FileBytes of(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      return new FileBytes(channel);
    }
  }

  long size() {
    return size;
  }

  /**
   * A view of its own, little-endian and read-only.
   *
   * @throws CheckpointException if the file has no such bytes, or they are too many for one view
   */
  ByteBuffer view(long offset, long length) {
    if (offset < 0 || length < 0 || offset > size || length > size - offset) {
      throw new CheckpointException(
          "it ends early: "
              + length
              + " bytes expected at byte "
              + offset
              + " of "
              + size
              + ". The file is damaged or incomplete.");
    }
    int window = (int) Math.min(offset >> STEP_BITS, windows.size() - 1);
    ByteBuffer in = windows.get(window);
    long start = offset - ((long) window << STEP_BITS);
    if (length > in.limit() - start) {
      throw new CheckpointException(
          length + " bytes in one piece at byte " + offset + ", " + (1 << STEP_BITS) + " can be");
    }
    return in.slice((int) start, (int) length).order(ByteOrder.LITTLE_ENDIAN);
  }

  /**
   * To be called behind reads, inside of what catches the error: compiled code that reads what is
   * not there any more goes on, and the virtual machine throws when the thread comes by, which it
   * does on the way to native code and back.
   */
  static void settle() {
    Thread.yield();
  }
}
