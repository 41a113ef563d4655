package dev.millrace.components.checkpoint;

import dev.millrace.components.checkpoint.Pickled.Storage;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * The entries of a PyTorch archive with limits and checksums: runs of the file where they are
 * stored plainly, as PyTorch does, else unpacked. Nothing is ever written to a path that the
 * archive names. One thread.
 */
final class ZipEntries implements Storages {

  /** No stream of deflate unpacks to more, byte for byte. */
  private static final int MOST_RATIO = 1032;

  private final Run file;
  private final Map<String, ZipDirectory.Entry> entries;
  private final Map<String, Run> verified = new HashMap<>();
  private final Budget budget;
  private String storages = "";

  /**
   * @throws CheckpointException if it is no zip, has too many entries, or one with a name that
   *     leads out of it
   */
  ZipEntries(Run file) {
    this.file = file;
    this.entries = ZipDirectory.read(file);
    // Everything that is read is bounded by what the file can honestly hold.
    this.budget = new Budget(16 * file.length() + (16 << 20));
  }

  /** The folder that holds {@code data.pkl}, with its slash: every PyTorch archive has one. */
  String root() {
    String found = null;
    for (String name : entries.keySet()) {
      if (name.endsWith("/data.pkl") && name.indexOf('/') == name.length() - "/data.pkl".length()) {
        if (found != null) {
          throw new CheckpointException("two entries data.pkl, one expected");
        }
        found = name.substring(0, name.indexOf('/') + 1);
      }
    }
    if (found == null) {
      throw new CheckpointException("a zip archive without data.pkl is none of PyTorch's");
    }
    storages = found + "data/";
    return found;
  }

  boolean has(String name) {
    return entries.containsKey(name);
  }

  @Override
  public Budget budget() {
    return budget;
  }

  @Override
  public Run bytes(Storage storage) {
    String name = storages + storage.key();
    storage.checkBytes(entry(name).size());
    return read(name, Integer.MAX_VALUE);
  }

  /** The whole entry, of {@code limit} bytes at most, its checksum verified. */
  Run read(String name, int limit) {
    ZipDirectory.Entry entry = entry(name);
    if (entry.size() > limit) {
      throw new CheckpointException(
          "entry " + name + " has " + entry.size() + " bytes, " + limit + " at most expected");
    }
    return verified.computeIfAbsent(name, n -> verified(entry));
  }

  private Run verified(ZipDirectory.Entry entry) {
    Run packed = file.part(entry.start(), entry.packed());
    Run bytes =
        switch (entry.method()) {
          case ZipDirectory.STORED -> packed;
          case ZipDirectory.DEFLATED -> Run.of(inflated(entry, packed));
          default ->
              throw new CheckpointException(
                  "entry "
                      + entry.name()
                      + " is compressed by method "
                      + entry.method()
                      + ", expected none or 8 (deflate)");
        };
    CRC32 crc = new CRC32();
    bytes.pieces(crc::update);
    if (crc.getValue() != entry.crc()) {
      throw new CheckpointException(
          "entry "
              + entry.name()
              + " is damaged: its checksum is not the one that it was stored with");
    }
    return bytes;
  }

  private ByteBuffer inflated(ZipDirectory.Entry entry, Run packed) {
    if (entry.size() / MOST_RATIO > entry.packed()) {
      throw new CheckpointException(
          "entry "
              + entry.name()
              + " claims "
              + entry.size()
              + " bytes, which its "
              + entry.packed()
              + " cannot unpack to");
    }
    ByteBuffer bytes = budget.allocate(entry.size());
    ByteBuffer surplus = ByteBuffer.allocate(1);
    Inflater inflater = new Inflater(true);
    ByteBuffer piece = ByteBuffer.allocate(Run.PIECE_BYTES);
    long at = 0;
    try {
      while (!inflater.finished() && surplus.hasRemaining() && !inflater.needsDictionary()) {
        if (inflater.needsInput()) {
          if (at == packed.length()) {
            break;
          }
          piece.clear().limit((int) Math.min(piece.capacity(), packed.length() - at));
          packed.read(at, piece);
          at += piece.limit();
          inflater.setInput(piece.flip());
        }
        inflater.inflate(bytes.hasRemaining() ? bytes : surplus);
      }
      if (!inflater.finished() || bytes.hasRemaining() || !surplus.hasRemaining()) {
        throw new CheckpointException(
            "entry "
                + entry.name()
                + " is not as long as the archive says ("
                + entry.size()
                + " bytes)");
      }
    } catch (DataFormatException e) {
      throw new CheckpointException("entry " + entry.name() + " is damaged: " + Problem.of(e), e);
    } finally {
      inflater.end();
    }
    return bytes.flip();
  }

  private ZipDirectory.Entry entry(String name) {
    ZipDirectory.Entry entry = entries.get(name);
    if (entry == null) {
      throw new CheckpointException("the archive lacks the entry " + name);
    }
    return entry;
  }
}
