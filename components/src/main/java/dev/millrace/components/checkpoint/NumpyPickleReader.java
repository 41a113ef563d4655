package dev.millrace.components.checkpoint;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Map;

/** Reads Detectron2's {@code .pkl} checkpoints: one pickle, its tensors numpy arrays. */
final class NumpyPickleReader implements CheckpointReader {

  private static final int LONGEST = Integer.MAX_VALUE - 16;
  private static final int PROTOCOL = 0x80;

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
        && !LegacyTorchReader.begins(head);
  }

  /**
   * As Detectron2's DetectionCheckpointer decides it, but that a file without author is taken for
   * Caffe2's only if its names are.
   */
  private static Naming naming(StateDict read) {
    if ("Caffe2".equals(read.author())) {
      return Naming.CAFFE2;
    }
    if ("model".equals(read.key()) && read.author() != null) {
      return read.heuristics() ? Naming.SUFFIXES : Naming.EXACT;
    }
    return Caffe2Names.all(read.parameters().keySet()) ? Naming.CAFFE2 : Naming.SUFFIXES;
  }

  @Override
  public Checkpoint read(Path file, Run bytes, String sha256) {
    if (bytes.length() > LONGEST) {
      throw new CheckpointException(bytes.length() + " bytes, " + LONGEST + " at most expected");
    }
    NumpyVocabulary vocabulary = new NumpyVocabulary(bytes.length());
    Pickled saved = new Unpickler(bytes, vocabulary).load();
    StateDict read = StateDict.of(saved, vocabulary::value);
    return new Checkpoint(file, sha256, read.parameters(), Map.of(), Map.of(), naming(read));
  }
}
