package dev.millrace.components.checkpoint;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Map;

/** Reads {@link Safetensors} files; their metadata says nothing of parameters. */
final class SafetensorsReader implements CheckpointReader {

  @Override
  public String format() {
    return "safetensors";
  }

  @Override
  public boolean recognises(ByteBuffer head) {
    if (head.remaining() <= Long.BYTES || head.get(Long.BYTES) != '{') {
      return false;
    }
    long length = head.duplicate().order(ByteOrder.LITTLE_ENDIAN).getLong(0);
    return length > 0 && length <= Safetensors.MOST_HEADER_BYTES;
  }

  @Override
  public Checkpoint read(Path file, Run bytes, String sha256) {
    Map<String, Tensor> parameters = Safetensors.read(bytes).tensors();
    if (parameters.isEmpty()) {
      throw new CheckpointException("it holds no parameters at all");
    }
    return new Checkpoint(file, sha256, parameters, Map.of(), Map.of(), Naming.EXACT);
  }
}
