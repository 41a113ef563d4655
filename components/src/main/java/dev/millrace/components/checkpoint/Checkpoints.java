package dev.millrace.components.checkpoint;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/** Reads a checkpoint of any known format, which its first bytes tell and not its name. */
public final class Checkpoints {

  static final int HEAD_BYTES = 64;

  private static final List<CheckpointReader> READERS =
      List.of(
          new TorchArchiveReader(),
          new LegacyTorchReader(),
          new SafetensorsReader(),
          new NumpyPickleReader());

  private Checkpoints() {}

  /**
   * Finds all parameters: most are views of the file as mapped memory, which is read when they are
   * used; int8 ones become float32.
   *
   * @throws CheckpointException if the file is missing, of no known format, or damaged
   */
  public static Checkpoint read(Path file) {
    try {
      return read(file, Sha256.of(file));
    } catch (IOException e) {
      throw new CheckpointException(file + " cannot be read: " + Problem.of(e), e);
    }
  }

  /** As {@link #read(Path)}, for a file whose hash is known already. */
  static Checkpoint read(Path file, String sha256) {
    try {
      byte[] head;
      try (InputStream in = Files.newInputStream(file)) {
        head = in.readNBytes(HEAD_BYTES);
      }
      for (CheckpointReader reader : READERS) {
        if (reader.recognises(ByteBuffer.wrap(head).asReadOnlyBuffer())) {
          Checkpoint checkpoint = reader.read(file, sha256);
          FileBytes.settle();
          return checkpoint;
        }
      }
      throw new CheckpointException(
          file
              + ": no checkpoint of a known format. Known: "
              + READERS.stream().map(CheckpointReader::format).collect(Collectors.joining(", ")));
    } catch (IOException e) {
      throw new CheckpointException(file + " cannot be read: " + Problem.of(e), e);
    } catch (InternalError e) {
      throw new CheckpointException(file + " was cut short while it was read", e);
    }
  }
}
