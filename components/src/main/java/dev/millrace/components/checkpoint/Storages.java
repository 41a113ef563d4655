package dev.millrace.components.checkpoint;

import dev.millrace.components.checkpoint.Pickled.Storage;
import java.nio.ByteBuffer;

/** The runs of elements that a PyTorch file's tensors are views of. One thread. */
interface Storages {

  /**
   * A storage's bytes, as many as its elements take: the file's own memory where it lies there
   * plainly. Its position and limit are not to be changed.
   *
   * @throws CheckpointException if there is no such storage, or it is not as long as it should be
   */
  ByteBuffer bytes(Storage storage);

  /** What the tensors of a file of this size may take. */
  Budget budget();
}
