package dev.millrace.components.checkpoint;

import java.nio.ByteBuffer;
import java.nio.file.Path;

/** Reads one file format. Stateless; any thread. */
interface CheckpointReader {

  /** What people call the format. */
  String format();

  /**
   * Whether a file that begins so is of this format.
   *
   * @param head the file's first bytes, at most {@link Checkpoints#HEAD_BYTES}
   */
  boolean recognises(ByteBuffer head);

  /**
   * Finds all parameters.
   *
   * @param file its name, for messages
   * @param bytes of the file, which the parameters may be runs of
   * @param sha256 of the file, already computed
   * @throws CheckpointException whatever is wrong with the file, without its name
   */
  Checkpoint read(Path file, Run bytes, String sha256);
}
