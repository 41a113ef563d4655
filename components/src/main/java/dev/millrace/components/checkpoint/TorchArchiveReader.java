package dev.millrace.components.checkpoint;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;

/**
 * Reads PyTorch's archives, a zip of pickles and raw storages: what {@code torch.jit.save} wrote,
 * such as D2Go's int8 models, and what {@code torch.save} wrote, such as Detectron2's {@code .pth}.
 * Code in them is not looked at.
 */
final class TorchArchiveReader implements CheckpointReader {

  private static final int ZIP_MAGIC = 0x504b0304;
  private static final int MOST_PICKLE_BYTES = 8 << 20;

  @Override
  public String format() {
    return "PyTorch archive (torch.save or torch.jit.save)";
  }

  @Override
  public boolean recognises(ByteBuffer head) {
    return head.remaining() >= 4 && head.getInt(0) == ZIP_MAGIC;
  }

  @Override
  public Checkpoint read(Path file, Run bytes, String sha256) {
    ZipEntries zip = new ZipEntries(bytes);
    String root = zip.root();
    if (zip.has(root + "byteorder")
        && !StandardCharsets.ISO_8859_1
            .decode(zip.read(root + "byteorder", 16).bytes())
            .toString()
            .equals("little")) {
      throw new CheckpointException("its storages are not little-endian");
    }
    Pickled saved = unpickle(root + "data.pkl", zip.read(root + "data.pkl", MOST_PICKLE_BYTES));
    StorageReader storages = new StorageReader(zip);
    // Only torch.jit.save writes constants.
    return zip.has(root + "constants.pkl")
        ? module(file, sha256, saved, storages)
        : stateDict(file, sha256, saved, storages);
  }

  /** A dictionary of tensors, whose names Detectron2 matches by their ends. */
  static Checkpoint stateDict(Path file, String sha256, Pickled saved, StorageReader storages) {
    StateDict read =
        StateDict.of(saved, v -> v instanceof Pickled.View view ? storages.read(view) : null);
    return new Checkpoint(file, sha256, read.parameters(), Map.of(), Map.of(), Naming.SUFFIXES);
  }

  private static Checkpoint module(
      Path file, String sha256, Pickled saved, StorageReader storages) {
    ModuleWalk walk = new ModuleWalk(storages);
    walk.walk(saved);
    return new Checkpoint(
        file, sha256, walk.parameters(), walk.geometry(), walk.activations(), Naming.EXACT);
  }

  private static Pickled unpickle(String entry, Run pickle) {
    try {
      return new Unpickler(pickle, new TorchVocabulary()).load();
    } catch (CheckpointException e) {
      throw e.in(entry);
    }
  }
}
