package dev.millrace.components.checkpoint;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.HashMap;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;

/**
 * The entries of a PyTorch archive, read into memory with limits and checksums. Nothing is ever
 * written to a path that the archive names. One thread; close it.
 */
final class ZipEntries implements AutoCloseable {

  private static final int MOST_ENTRIES = 200_000;

  private final ZipFile zip;
  private final Map<String, ZipEntry> entries = new HashMap<>();
  private long budget;

  /**
   * @throws CheckpointException if it is no zip, has too many entries, or one with a name that
   *     leads out of it
   */
  ZipEntries(Path file) throws IOException {
    // Everything that is read is bounded by what the file can honestly hold.
    budget = 16 * Files.size(file) + (16 << 20);
    try {
      zip = new ZipFile(file.toFile());
    } catch (IOException | IllegalArgumentException e) {
      throw new CheckpointException(
          "the zip archive is damaged or incomplete: " + Problem.of(e), e);
    }
    try {
      index();
    } catch (CheckpointException e) {
      zip.close();
      throw e;
    }
  }

  private void index() {
    if (zip.size() > MOST_ENTRIES) {
      throw new CheckpointException(
          zip.size() + " entries in the archive, " + MOST_ENTRIES + " at most expected");
    }
    for (Enumeration<? extends ZipEntry> all = zip.entries(); all.hasMoreElements(); ) {
      ZipEntry entry = all.nextElement();
      String name = entry.getName();
      if (leadsOut(name)) {
        throw new CheckpointException("an entry named '" + name + "' leads out of the archive");
      }
      if (entries.put(name, entry) != null) {
        throw new CheckpointException("two entries named '" + name + "'");
      }
    }
  }

  private static boolean leadsOut(String name) {
    return name.startsWith("/")
        || name.indexOf('\\') >= 0
        || name.indexOf(':') >= 0
        || name.chars().anyMatch(Character::isISOControl)
        || ("/" + name + "/").contains("/../");
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
    return found;
  }

  boolean has(String name) {
    return entries.containsKey(name);
  }

  /** The declared size in bytes. */
  long size(String name) {
    return entry(name).getSize();
  }

  /**
   * Takes what is about to be allocated off the budget.
   *
   * @throws CheckpointException if the archive asks for more memory than a file of its size can
   *     mean
   */
  void reserve(long bytes) {
    if (bytes < 0 || bytes > budget) {
      throw new CheckpointException(
          "it asks for more memory ("
              + bytes
              + " bytes) than a file of its size can hold values for");
    }
    budget -= bytes;
  }

  /** The whole entry, of {@code limit} bytes at most, its checksum verified. */
  byte[] read(String name, long limit) {
    ZipEntry entry = entry(name);
    long size = entry.getSize();
    if (size < 0 || size > limit || size > Integer.MAX_VALUE - 16) {
      throw new CheckpointException(
          "entry " + name + " has " + size + " bytes, " + limit + " at most expected");
    }
    reserve(size);
    try (InputStream in = zip.getInputStream(entry)) {
      byte[] bytes = in.readNBytes((int) size);
      if (bytes.length != size || in.read() >= 0) {
        throw new CheckpointException(
            "entry " + name + " is not as long as the archive says (" + size + " bytes)");
      }
      CRC32 crc = new CRC32();
      crc.update(bytes);
      if (crc.getValue() != entry.getCrc()) {
        throw new CheckpointException(
            "entry " + name + " is damaged: its checksum is not the one that it was stored with");
      }
      return bytes;
    } catch (IOException | IllegalArgumentException e) {
      throw new CheckpointException("entry " + name + " is damaged: " + Problem.of(e), e);
    }
  }

  private ZipEntry entry(String name) {
    @Nullable ZipEntry entry = entries.get(name);
    if (entry == null) {
      throw new CheckpointException("the archive lacks the entry " + name);
    }
    return entry;
  }

  @Override
  public void close() throws IOException {
    zip.close();
  }
}
