package dev.millrace.components.checkpoint;

import dev.millrace.components.checkpoint.Pickled.Bool;
import dev.millrace.components.checkpoint.Pickled.Dictionary;
import dev.millrace.components.checkpoint.Pickled.Int;
import dev.millrace.components.checkpoint.Pickled.Sequence;
import dev.millrace.components.checkpoint.Pickled.Storage;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;

/**
 * Reads what {@code torch.save} wrote before PyTorch 1.6, and writes since where it is told {@code
 * _use_new_zipfile_serialization=False}:
 *
 * <pre>
 *  pickle  0x1950a86a20f9469cfc6c, the magic number
 *  pickle  1001, the version
 *  pickle  {"little_endian": True, ...}
 *  pickle  what was saved; its tensors name their storages by key
 *  pickle  [key, ...]
 *  for each key: 8 bytes, the number of elements, little-endian; the elements
 * </pre>
 */
final class LegacyTorchReader implements CheckpointReader {

  /** The magic number's pickle; the version of the protocol goes between. */
  private static final byte[] MAGIC = HexFormat.of().parseHex("8a0a6cfc9c46f9206aa850192e");

  private static final int HEAD_BYTES = 2;
  private static final long VERSION = 1001;

  @Override
  public String format() {
    return "PyTorch's older format (torch.save before 1.6)";
  }

  @Override
  public boolean recognises(ByteBuffer head) {
    return begins(head);
  }

  static boolean begins(ByteBuffer head) {
    return head.remaining() >= HEAD_BYTES + MAGIC.length
        && (head.get(0) & 0xff) == 0x80
        && head.slice(HEAD_BYTES, MAGIC.length).equals(ByteBuffer.wrap(MAGIC));
  }

  @Override
  public Checkpoint read(Path file, Run bytes, String sha256) {
    PickleInput in = new PickleInput(bytes);
    in.bytes(HEAD_BYTES + MAGIC.length);
    TorchVocabulary vocabulary = new TorchVocabulary();
    checkVersion(load(in, vocabulary, "its version"));
    checkByteOrder(load(in, vocabulary, "its system"));
    Pickled saved = load(in, vocabulary, "its object");
    Pickled keys = load(in, vocabulary, "its list of storages");
    Storages storages = storages(bytes, in.position(), keys, vocabulary.storages());
    return TorchArchiveReader.stateDict(file, sha256, saved, new StorageReader(storages));
  }

  private static Pickled load(PickleInput in, TorchVocabulary vocabulary, String what) {
    try {
      return new Unpickler(in, vocabulary).load();
    } catch (CheckpointException e) {
      throw e.in(what);
    }
  }

  private static void checkVersion(Pickled version) {
    if (!version.equals(new Int(VERSION))) {
      throw new CheckpointException(
          "its version is "
              + (version instanceof Int number ? number.value() : Pickled.kind(version))
              + ", expected "
              + VERSION);
    }
  }

  private static void checkByteOrder(Pickled system) {
    boolean little =
        system instanceof Dictionary notes
            && notes.entries.get("little_endian") instanceof Bool order
            && order.value();
    if (!little) {
      throw new CheckpointException("its storages are not little-endian");
    }
  }

  /** Walks over the storages without reading them; each must be one that a tensor names. */
  private static Storages storages(Run file, long start, Pickled keys, Map<String, Storage> named) {
    if (!(keys instanceof Sequence list)) {
      throw new CheckpointException(
          "its list of storages is " + Pickled.kind(keys) + ", expected a list");
    }
    Map<String, Long> places = new HashMap<>();
    long at = start;
    for (Pickled item : list.items) {
      String key = Pickled.text(item);
      Storage storage = key == null ? null : named.get(key);
      if (storage == null) {
        throw new CheckpointException(
            "its list of storages has "
                + (key == null ? Pickled.kind(item) : "'" + key + "'")
                + ", which no tensor names");
      }
      long elements = file.checkedPart(at, Long.BYTES).bytes().getLong();
      at += Long.BYTES;
      int width = storage.type().element().bytes();
      if (elements != storage.elements() || elements > (file.length() - at) / width) {
        throw new CheckpointException(
            "storage "
                + key
                + " has "
                + elements
                + " elements, expected "
                + storage.elements()
                + ", and "
                + (file.length() - at)
                + " bytes follow. The file is damaged or incomplete.");
      }
      if (places.put(storage.key(), at) != null) {
        throw new CheckpointException("two storages named '" + key + "'");
      }
      at += elements * width;
    }
    if (at != file.length()) {
      throw new CheckpointException(file.length() - at + " bytes follow its last storage");
    }
    return new Places(file, places, new Budget(16 * file.length() + (16 << 20)));
  }

  private record Places(Run file, Map<String, Long> places, Budget budget) implements Storages {
    @Override
    public Run bytes(Storage storage) {
      Long at = places.get(storage.key());
      if (at == null) {
        throw new CheckpointException("the file lacks the storage " + storage.key());
      }
      return file.part(at, storage.elements() * storage.type().element().bytes());
    }
  }
}
