package dev.millrace.components.checkpoint;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Writes archives as torch.jit.save lays them out. */
final class ArchiveWriter {

  private final Map<String, byte[]> entries = new LinkedHashMap<>();
  private boolean compressed;

  ArchiveWriter() {
    entries.put("m/constants.pkl", new byte[] {(byte) 0x80, 2, ')', '.'});
  }

  static ArchiveWriter of(byte[] pickle) {
    return new ArchiveWriter().entry("m/data.pkl", pickle);
  }

  ArchiveWriter entry(String name, byte[] bytes) {
    entries.put(name, bytes);
    return this;
  }

  /** As other programs than PyTorch write zips. */
  ArchiveWriter compressed() {
    compressed = true;
    return this;
  }

  ArchiveWriter without(String name) {
    entries.remove(name);
    return this;
  }

  ArchiveWriter storage(String key, byte... bytes) {
    return entry("m/data/" + key, bytes);
  }

  ArchiveWriter floats(String key, float... values) {
    ByteBuffer bytes = ByteBuffer.allocate(values.length * 4).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return entry("m/data/" + key, bytes.array());
  }

  ArchiveWriter doubles(String key, double... values) {
    ByteBuffer bytes = ByteBuffer.allocate(values.length * 8).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asDoubleBuffer().put(values);
    return entry("m/data/" + key, bytes.array());
  }

  ArchiveWriter longs(String key, long... values) {
    ByteBuffer bytes = ByteBuffer.allocate(values.length * 8).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asLongBuffer().put(values);
    return entry("m/data/" + key, bytes.array());
  }

  Path write(Path file) throws IOException {
    try (OutputStream out = Files.newOutputStream(file);
        ZipOutputStream zip = new ZipOutputStream(out)) {
      for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
        CRC32 crc = new CRC32();
        crc.update(entry.getValue());
        ZipEntry header = new ZipEntry(entry.getKey());
        if (!compressed) {
          header.setMethod(ZipEntry.STORED);
          header.setSize(entry.getValue().length);
          header.setCrc(crc.getValue());
        }
        zip.putNextEntry(header);
        zip.write(entry.getValue());
        zip.closeEntry();
      }
    }
    return file;
  }
}
