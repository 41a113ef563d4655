package dev.millrace.components.checkpoint;

import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/**
 * The safetensors format: a length, a header of JSON, the tensors' bytes.
 *
 * <pre>
 *  8 bytes   N, little-endian
 *  N bytes   {"__metadata__": {text: text}, name: {"dtype": "F32", "shape": [..], "data_offsets": [begin, end]}, ...}
 *  rest      the tensors, row-major, little-endian, without holes
 * </pre>
 *
 * Nothing in it is code.
 */
public final class Safetensors {

  /** What the format's own reader takes. */
  static final int MOST_HEADER_BYTES = 100_000_000;

  private static final int ALIGNMENT = 8;

  /** A channel copies through direct memory as much as it is asked for, and keeps that memory. */
  private static final int MOST_AT_ONCE = 1 << 20;

  /**
   * What a file holds, in its order.
   *
   * @param metadata texts that its writer left
   */
  public record Saved(Map<String, String> metadata, Map<String, Tensor> tensors) {
    public Saved {
      metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
      tensors = Collections.unmodifiableMap(new LinkedHashMap<>(tensors));
    }
  }

  private Safetensors() {}

  /**
   * Replaces the file as a whole: who reads meanwhile, or is killed, finds the old one or the new
   * one. The same tensors give the same bytes.
   *
   * @throws CheckpointException if it cannot be written
   * @throws IllegalArgumentException if a tensor has the metadata's name
   */
  public static void write(Path file, Map<String, Tensor> tensors, Map<String, String> metadata) {
    Path target = file.toAbsolutePath();
    // Not a temporary file of Java's, which its owner alone may read.
    Path beside =
        target.resolveSibling("." + target.getFileName() + "." + UUID.randomUUID() + ".part");
    try {
      try (FileChannel out =
          FileChannel.open(beside, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW)) {
        byte[] header = header(tensors, metadata);
        int padded = (header.length + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
        ByteBuffer head = ByteBuffer.allocate(Long.BYTES + padded).order(ByteOrder.LITTLE_ENDIAN);
        head.putLong(padded).put(header);
        while (head.hasRemaining()) {
          head.put((byte) ' ');
        }
        writeAll(out, head.flip());
        for (Tensor tensor : tensors.values()) {
          writeAll(out, tensor.run());
        }
        out.force(true);
      }
      Files.move(
          beside, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new CheckpointException(file + " cannot be written: " + Problem.of(e), e);
    } finally {
      beside.toFile().delete(); // of no effect once it was moved
    }
  }

  /** The header of these tensors, in their order. */
  private static byte[] header(Map<String, Tensor> tensors, Map<String, String> metadata)
      throws IOException {
    StringWriter text = new StringWriter();
    try (JsonWriter json = new JsonWriter(text)) {
      json.beginObject();
      if (!metadata.isEmpty()) {
        json.name(SafetensorsHeader.METADATA).beginObject();
        for (Map.Entry<String, String> entry : new TreeMap<>(metadata).entrySet()) {
          json.name(entry.getKey()).value(entry.getValue());
        }
        json.endObject();
      }
      long at = 0;
      for (Map.Entry<String, Tensor> entry : tensors.entrySet()) {
        Tensor tensor = entry.getValue();
        if (entry.getKey().equals(SafetensorsHeader.METADATA)) {
          throw new IllegalArgumentException(
              "no tensor may be called " + SafetensorsHeader.METADATA);
        }
        json.name(entry.getKey()).beginObject();
        json.name("dtype").value(name(tensor.type()));
        json.name("shape").beginArray();
        for (long length : tensor.shape()) {
          json.value(length);
        }
        json.endArray();
        long end = at + tensor.run().length();
        json.name("data_offsets").beginArray().value(at).value(end).endArray();
        json.endObject();
        at = end;
      }
      json.endObject();
    }
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static String name(ElementType type) {
    return SafetensorsHeader.TYPES.entrySet().stream()
        .filter(entry -> entry.getValue() == type)
        .map(Map.Entry::getKey)
        .findFirst()
        .orElseThrow();
  }

  private static void writeAll(FileChannel out, Run run) throws IOException {
    ByteBuffer piece = ByteBuffer.allocate((int) Math.min(MOST_AT_ONCE, run.length()));
    for (long at = 0; at < run.length(); at += piece.limit()) {
      piece.clear().limit((int) Math.min(piece.capacity(), run.length() - at));
      run.read(at, piece);
      writeAll(out, piece.flip());
    }
  }

  private static void writeAll(FileChannel out, ByteBuffer bytes) throws IOException {
    int end = bytes.limit();
    while (bytes.position() < end) {
      out.write(some(bytes, end));
    }
  }

  /**
   * Finds all tensors. They are read from the file when they are used: it may be replaced or
   * deleted meanwhile, but not be written to, and stays open until none is left.
   *
   * @throws CheckpointException whatever is wrong with the file
   */
  public static Saved read(Path file) {
    Run.InFile bytes;
    try {
      bytes = Run.of(file);
    } catch (IOException e) {
      throw new CheckpointException(file + " cannot be read: " + Problem.of(e), e);
    }
    try {
      return read(bytes);
    } catch (CheckpointException e) {
      bytes.close();
      throw e.in(file.toString());
    }
  }

  static Saved read(Run in) {
    long size = in.length();
    if (size < Long.BYTES) {
      throw new CheckpointException("it ends before its header: " + size + " bytes");
    }
    long length = in.part(0, Long.BYTES).bytes().getLong();
    if (length < 2 || length > Math.min(MOST_HEADER_BYTES, size - Long.BYTES)) {
      throw new CheckpointException(
          "its header should have "
              + Long.toUnsignedString(length)
              + " bytes, in a file of "
              + size
              + "; at most "
              + MOST_HEADER_BYTES
              + " are read");
    }
    SafetensorsHeader header = SafetensorsHeader.parse(bytes(in.part(Long.BYTES, length)));
    List<SafetensorsHeader.Entry> entries = header.inOrder(size - Long.BYTES - length);
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    for (SafetensorsHeader.Entry entry : entries) {
      tensors.put(
          entry.name(),
          new Tensor(
              entry.type(),
              entry.shape(),
              in.part(Long.BYTES + length + entry.begin(), entry.end() - entry.begin())));
    }
    return new Saved(header.metadata(), tensors);
  }

  private static byte[] bytes(Run run) {
    ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(run.length()));
    run.read(0, bytes);
    return bytes.array();
  }

  private static ByteBuffer some(ByteBuffer bytes, int end) {
    return bytes.limit(bytes.position() + Math.min(MOST_AT_ONCE, end - bytes.position()));
  }
}
