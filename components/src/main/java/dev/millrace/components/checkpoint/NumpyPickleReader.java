package dev.millrace.components.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Reads Detectron2's {@code .pkl} checkpoints: one pickle, its tensors numpy arrays. */
final class NumpyPickleReader implements CheckpointReader {

  private static final int LONGEST = Integer.MAX_VALUE - 16;
  private static final int PROTOCOL = 0x80;

  /** The magic number that a file of torch.save begins with since before it wrote archives. */
  private static final long TORCH_MAGIC = 0x80028a0a6cfc9c46L;

  @Override
  public String format() {
    return "Detectron2 pickle of numpy arrays";
  }

  @Override
  public boolean recognises(ByteBuffer head) {
    return head.remaining() >= 8
        && (head.get(0) & 0xff) == PROTOCOL
        && head.get(1) >= 2
        && head.get(1) <= 5
        && head.duplicate().order(ByteOrder.BIG_ENDIAN).getLong(0) != TORCH_MAGIC;
  }

  @Override
  public Checkpoint read(Path file, String sha256) {
    try {
      long size = Files.size(file);
      if (size > LONGEST) {
        throw new CheckpointException(size + " bytes, " + LONGEST + " at most expected");
      }
      Pickled saved = new Unpickler(Files.readAllBytes(file), new NumpyVocabulary(size)).load();
      return new Checkpoint(
          file, sha256, StateDict.parameters(saved, NumpyVocabulary::value), Map.of(), Map.of());
    } catch (CheckpointException e) {
      throw e.in(file.toString());
    } catch (IOException e) {
      throw new CheckpointException(file + " cannot be read: " + Problem.of(e), e);
    }
  }
}
