package dev.millrace.components.checkpoint;

import dev.millrace.components.checkpoint.Pickled.Storage;

/** The runs of elements that a PyTorch file's tensors are views of. One thread. */
interface Storages {

  /**
   * Where a storage's bytes are, as many as its elements take: in the file if it lies there
   * plainly.
   *
   * @throws CheckpointException if there is no such storage, or it is not as long as it should be
   */
  Run bytes(Storage storage);

  /** What the tensors of a file of this size may take. */
  Budget budget();
}
