package dev.millrace.components.checkpoint;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Where a zip archive's entries lie, as its central directory says and each entry's own header
 * confirms (PKWARE's APPNOTE 6.3, sections 4.3 and 4.5.3). Java's own reader does not tell where,
 * and bytes that are not to be read yet must be found.
 */
final class ZipDirectory {

  private static final int END = 0x06054b50;
  private static final int END_BYTES = 22;
  private static final int END_64 = 0x06064b50;
  private static final int END_64_BYTES = 56;
  private static final int LOCATOR_64 = 0x07064b50;
  private static final int LOCATOR_64_BYTES = 20;
  private static final int CENTRAL = 0x02014b50;
  private static final int CENTRAL_BYTES = 46;
  private static final int LOCAL = 0x04034b50;
  private static final int LOCAL_BYTES = 30;
  private static final int EXTRA_64 = 1;
  private static final int LONGEST_COMMENT = 0xffff;
  private static final long MOST_DIRECTORY_BYTES = 64 << 20;
  private static final int MOST_ENTRIES = 200_000;

  /** An entry is written as it is. */
  static final int STORED = 0;

  /** An entry is compressed. */
  static final int DEFLATED = 8;

  /**
   * One entry.
   *
   * @param header offset of its own header
   * @param start offset of its bytes
   * @param packed how many bytes it takes
   * @param size how many it has when unpacked
   */
  record Entry(String name, int method, long crc, long header, long start, long packed, long size) {
    long end() {
      return start + packed;
    }
  }

  private final Run file;
  private long first;
  private long bytes;
  private long count;

  private ZipDirectory(Run file) {
    this.file = file;
  }

  /**
   * All entries by name.
   *
   * @throws CheckpointException if it is no whole zip archive, or one that no honest program writes
   */
  static Map<String, Entry> read(Run file) {
    ZipDirectory directory = new ZipDirectory(file);
    directory.findEnd();
    return directory.entries();
  }

  private static CheckpointException damaged(String problem) {
    return new CheckpointException("the zip archive is damaged or incomplete: " + problem);
  }

  private void findEnd() {
    long last = file.length() - END_BYTES;
    if (last < 0) {
      throw damaged("it has " + file.length() + " bytes");
    }
    int reach = (int) Math.min(LONGEST_COMMENT, last);
    ByteBuffer tail = file.checkedPart(last - reach, END_BYTES + (long) reach).bytes();
    for (int at = reach; at >= 0; at--) {
      if (tail.getInt(at) == END && short16(tail, at + 20) == tail.limit() - at - END_BYTES) {
        end(last - reach + at, tail.slice(at, END_BYTES).order(ByteOrder.LITTLE_ENDIAN));
        return;
      }
    }
    throw damaged("it has no directory");
  }

  private void end(long at, ByteBuffer end) {
    if (short16(end, 4) != 0 || short16(end, 6) != 0) {
      throw damaged("it is one of several parts");
    }
    count = short16(end, 10);
    bytes = int32(end, 12);
    first = int32(end, 16);
    long limit = at;
    if (count == 0xffff || bytes == 0xffffffffL || first == 0xffffffffL) {
      limit = end64(at);
    }
    if (count > MOST_ENTRIES || bytes > MOST_DIRECTORY_BYTES) {
      throw new CheckpointException(
          count + " entries in the archive, " + MOST_ENTRIES + " at most expected");
    }
    if (first < 0 || bytes < 0 || count < 0 || first > limit - bytes) {
      throw damaged("its directory does not lie inside of it");
    }
    if (count * CENTRAL_BYTES > bytes) {
      throw damaged("its directory is too short for " + count + " entries");
    }
  }

  /** The offset where the larger form of the end begins. */
  private long end64(long end) {
    long at = end - LOCATOR_64_BYTES;
    ByteBuffer locator = at < 0 ? null : file.checkedPart(at, LOCATOR_64_BYTES).bytes();
    if (locator == null || locator.getInt(0) != LOCATOR_64) {
      throw damaged("its directory is not where it should be");
    }
    long start = locator.getLong(8);
    if (start < 0 || start > at - END_64_BYTES) {
      throw damaged("its directory is not where it should be");
    }
    ByteBuffer large = file.checkedPart(start, END_64_BYTES).bytes();
    if (large.getInt(0) != END_64 || large.getInt(16) != 0 || large.getInt(20) != 0) {
      throw damaged("its directory is not where it should be");
    }
    count = large.getLong(32);
    bytes = large.getLong(40);
    first = large.getLong(48);
    return start;
  }

  private Map<String, Entry> entries() {
    ByteBuffer directory = file.checkedPart(first, bytes).bytes();
    Map<String, Entry> entries = new HashMap<>();
    for (int i = 0; i < count; i++) {
      Entry entry = central(directory);
      if (leadsOut(entry.name())) {
        throw new CheckpointException(
            "an entry named '" + entry.name() + "' leads out of the archive");
      }
      if (entries.put(entry.name(), entry) != null) {
        throw new CheckpointException("two entries named '" + entry.name() + "'");
      }
    }
    if (directory.hasRemaining()) {
      throw damaged("something follows its directory's last entry");
    }
    apart(new ArrayList<>(entries.values()));
    return entries;
  }

  /** Entries that share bytes unpack to more than any file of this size means. */
  private void apart(List<Entry> entries) {
    entries.sort(Comparator.comparingLong(Entry::header));
    long end = 0;
    for (Entry entry : entries) {
      if (entry.header() < end) {
        throw new CheckpointException(
            "entry " + entry.name() + " lies over another entry of the archive");
      }
      end = entry.end();
    }
    if (end > first) {
      throw damaged("an entry lies over its directory");
    }
  }

  private Entry central(ByteBuffer in) {
    if (in.remaining() < CENTRAL_BYTES || in.getInt(in.position()) != CENTRAL) {
      throw damaged("its directory ends in the middle of an entry");
    }
    int at = in.position();
    int nameBytes = short16(in, at + 28);
    int extraBytes = short16(in, at + 30);
    int all = CENTRAL_BYTES + nameBytes + extraBytes + short16(in, at + 32);
    if (in.remaining() < all) {
      throw damaged("its directory ends in the middle of an entry");
    }
    String name = name(in.slice(at + CENTRAL_BYTES, nameBytes));
    if ((short16(in, at + 8) & 1) != 0) {
      throw new CheckpointException("entry " + name + " is encrypted");
    }
    long[] wide = {int32(in, at + 24), int32(in, at + 20), int32(in, at + 42)};
    widen(in.slice(at + CENTRAL_BYTES + nameBytes, extraBytes), wide, name);
    in.position(at + all);
    return located(name, short16(in, at + 10), int32(in, at + 16), wide[0], wide[1], wide[2]);
  }

  /**
   * Numbers that did not fit 32 bits stand behind the name.
   *
   * @param wide size, packed size, offset of the entry's header
   */
  private static void widen(ByteBuffer extra, long[] wide, String name) {
    extra.order(ByteOrder.LITTLE_ENDIAN);
    while (extra.remaining() >= 4) {
      int id = extra.getShort() & 0xffff;
      int length = Math.min(extra.getShort() & 0xffff, extra.remaining());
      ByteBuffer field = extra.slice(extra.position(), length).order(ByteOrder.LITTLE_ENDIAN);
      extra.position(extra.position() + length);
      for (int i = 0; id == EXTRA_64 && i < wide.length; i++) {
        if (wide[i] == 0xffffffffL && field.remaining() >= 8) {
          wide[i] = field.getLong();
        }
      }
    }
    for (long number : wide) {
      if (number < 0) {
        throw damaged("entry " + name + " has a length or place below zero");
      }
    }
  }

  private Entry located(String name, int method, long crc, long size, long packed, long header) {
    ByteBuffer local = local(name, header, LOCAL_BYTES);
    int nameBytes = short16(local, 26);
    if (local.getInt(0) != LOCAL
        || short16(local, 8) != method
        || !name.equals(name(local(name, header + LOCAL_BYTES, nameBytes)))) {
      throw damaged("entry " + name + " is not where the directory says");
    }
    long start = header + LOCAL_BYTES + nameBytes + short16(local, 28);
    if (start > first || packed > first - start) {
      throw damaged("entry " + name + " does not lie inside of it");
    }
    if (method == STORED && packed != size) {
      throw new CheckpointException(
          "entry " + name + " is not as long as the archive says (" + size + " bytes)");
    }
    return new Entry(name, method, crc, header, start, packed, size);
  }

  private ByteBuffer local(String name, long offset, int length) {
    if (offset < 0 || offset > first - length) {
      throw damaged("entry " + name + " does not lie inside of it");
    }
    return file.checkedPart(offset, length).bytes();
  }

  private static String name(ByteBuffer utf8) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(utf8).toString();
    } catch (CharacterCodingException e) {
      throw new CheckpointException("an entry of the archive whose name is not UTF-8", e);
    }
  }

  private static boolean leadsOut(String name) {
    return name.startsWith("/")
        || name.indexOf('\\') >= 0
        || name.indexOf(':') >= 0
        || name.chars().anyMatch(Character::isISOControl)
        || ("/" + name + "/").contains("/../");
  }

  private static int short16(ByteBuffer in, int at) {
    return in.getShort(at) & 0xffff;
  }

  private static long int32(ByteBuffer in, int at) {
    return in.getInt(at) & 0xffffffffL;
  }
}
