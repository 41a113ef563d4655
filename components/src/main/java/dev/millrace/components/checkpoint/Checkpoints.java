package dev.millrace.components.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
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
   * Finds all parameters: most are read from the file when they are used, which stays open until
   * none is left; int8 ones become float32.
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
    Run.InFile bytes;
    try {
      bytes = Run.of(file);
    } catch (IOException e) {
      throw new CheckpointException(file + " cannot be read: " + Problem.of(e), e);
    }
    boolean complete = false;
    try {
      Checkpoint checkpoint = read(file, bytes, sha256);
      complete = true;
      return checkpoint;
    } catch (CheckpointException e) {
      throw e.in(file.toString());
    } finally {
      if (!complete) {
        bytes.close();
      }
    }
  }

  private static Checkpoint read(Path file, Run bytes, String sha256) {
    ByteBuffer head =
        bytes.part(0, Math.min(HEAD_BYTES, bytes.length())).bytes().asReadOnlyBuffer();
    for (CheckpointReader reader : READERS) {
      if (reader.recognises(head.duplicate().order(ByteOrder.BIG_ENDIAN))) {
        return reader.read(file, bytes, sha256);
      }
    }
    throw new CheckpointException(
        "no checkpoint of a known format. Known: "
            + READERS.stream().map(CheckpointReader::format).collect(Collectors.joining(", ")));
  }
}
