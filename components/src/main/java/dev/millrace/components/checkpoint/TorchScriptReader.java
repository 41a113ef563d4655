package dev.millrace.components.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * Reads TorchScript archives ({@code torch.jit.save}), such as D2Go's int8 models: a zip of pickles
 * and raw storages. Its code is not looked at.
 */
final class TorchScriptReader implements CheckpointReader {

  private static final int ZIP_MAGIC = 0x504b0304;
  private static final int MOST_PICKLE_BYTES = 8 << 20;

  @Override
  public String format() {
    return "TorchScript archive";
  }

  @Override
  public boolean recognises(ByteBuffer head) {
    return head.remaining() >= 4 && head.getInt(0) == ZIP_MAGIC;
  }

  @Override
  public Checkpoint read(Path file, String sha256) {
    try (ZipEntries zip = new ZipEntries(file)) {
      String root = zip.root();
      if (!zip.has(root + "constants.pkl")) {
        throw new CheckpointException(
            "a PyTorch archive without constants.pkl: torch.save wrote it, not torch.jit.save,"
                + " and only the latter is understood");
      }
      if (zip.has(root + "byteorder")
          && !new String(zip.read(root + "byteorder", 16), StandardCharsets.US_ASCII)
              .equals("little")) {
        throw new CheckpointException("its storages are not little-endian");
      }
      Pickled module = unpickle(root + "data.pkl", zip.read(root + "data.pkl", MOST_PICKLE_BYTES));
      ModuleWalk walk = new ModuleWalk(new StorageReader(zip, root + "data/"));
      walk.walk(module);
      return new Checkpoint(file, sha256, walk.parameters(), walk.geometry(), walk.activations());
    } catch (CheckpointException e) {
      throw e.in(file.toString());
    } catch (IOException e) {
      throw new CheckpointException(file + " cannot be read: " + Problem.of(e), e);
    }
  }

  private static Pickled unpickle(String entry, byte[] pickle) {
    try {
      return new Unpickler(pickle, new TorchVocabulary()).load();
    } catch (CheckpointException e) {
      throw e.in(entry);
    }
  }
}
