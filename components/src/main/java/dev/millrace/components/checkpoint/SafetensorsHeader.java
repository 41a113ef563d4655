package dev.millrace.components.checkpoint;

import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The header of a safetensors file, read with checks. */
record SafetensorsHeader(Map<String, String> metadata, List<Entry> entries) {

  static final String METADATA = "__metadata__";
  private static final int MOST_AXES = 64;

  /** Of one kind, such as tensors; each costs many times what it takes in the header. */
  private static final int MOST_NAMES = 200_000;

  static final Map<String, ElementType> TYPES =
      Map.of(
          "F64", ElementType.FLOAT64,
          "F32", ElementType.FLOAT32,
          "F16", ElementType.FLOAT16,
          "BF16", ElementType.BFLOAT16,
          "I64", ElementType.INT64,
          "I32", ElementType.INT32,
          "I16", ElementType.INT16,
          "I8", ElementType.INT8,
          "U8", ElementType.UINT8,
          "BOOL", ElementType.BOOL);

  /**
   * A tensor that the header announces.
   *
   * @param begin of its bytes, counted from the end of the header
   * @param end exclusive
   */
  @SuppressWarnings("ArrayRecordComponent") // private to the package, never compared
  record Entry(String name, ElementType type, long[] shape, long begin, long end) {}

  /**
   * @throws CheckpointException if it is no such header
   */
  static SafetensorsHeader parse(byte[] utf8) {
    if (utf8[0] != '{') {
      throw new CheckpointException("its header does not begin with '{'");
    }
    try (JsonReader json = new JsonReader(text(utf8))) {
      json.setStrictness(Strictness.STRICT);
      Map<String, String> metadata = new LinkedHashMap<>();
      List<Entry> entries = new ArrayList<>();
      Set<String> names = new HashSet<>();
      json.beginObject();
      while (json.hasNext()) {
        String name = newName(json, names);
        names.add(name);
        if (name.equals(METADATA)) {
          readMetadata(json, metadata);
        } else {
          entries.add(entry(name, json));
        }
      }
      json.endObject();
      if (json.peek() != JsonToken.END_DOCUMENT) {
        throw new CheckpointException("something follows its header");
      }
      return new SafetensorsHeader(metadata, List.copyOf(entries));
    } catch (CharacterCodingException e) {
      throw new CheckpointException("its header is no UTF-8");
    } catch (IOException | IllegalStateException e) {
      throw new CheckpointException("its header is no JSON of this format: " + brief(e));
    }
  }

  private static void readMetadata(JsonReader json, Map<String, String> into) throws IOException {
    json.beginObject();
    while (json.hasNext()) {
      into.put(newName(json, into.keySet()), text(json));
    }
    json.endObject();
  }

  private static String newName(JsonReader json, Set<String> before) throws IOException {
    String name = json.nextName();
    if (before.contains(name)) {
      throw new CheckpointException("its header says twice " + shown(json.getPath()));
    }
    if (before.size() == MOST_NAMES) {
      throw new CheckpointException(
          "its header has more than " + MOST_NAMES + " names, up to " + shown(json.getPath()));
    }
    return name;
  }

  /** Not a number, which the reader would give as a text too. */
  private static String text(JsonReader json) throws IOException {
    if (json.peek() != JsonToken.STRING) {
      throw new CheckpointException(
          "expected a text at " + shown(json.getPath()) + ", found " + json.peek());
    }
    return json.nextString();
  }

  /** Fails where a decoder by name would put a question mark. */
  private static Reader text(byte[] utf8) {
    return new InputStreamReader(
        new ByteArrayInputStream(utf8), StandardCharsets.UTF_8.newDecoder());
  }

  private static Entry entry(String name, JsonReader json) throws IOException {
    @Nullable String type = null;
    long @Nullable [] shape = null;
    long @Nullable [] offsets = null;
    Set<String> keys = new HashSet<>();
    json.beginObject();
    while (json.hasNext()) {
      String key = newName(json, keys);
      keys.add(key);
      switch (key) {
        case "dtype" -> type = text(json);
        case "shape" -> shape = longs(json);
        case "data_offsets" -> offsets = longs(json);
        default -> throw new CheckpointException(shown(name) + ": unknown key " + shown(key));
      }
    }
    json.endObject();
    if (type == null || shape == null || offsets == null || offsets.length != 2) {
      throw new CheckpointException(
          shown(name) + ": expected dtype, shape and two data_offsets, found others");
    }
    ElementType known = TYPES.get(type);
    if (known == null) {
      throw new CheckpointException(
          shown(name)
              + ": expected a dtype of "
              + TYPES.keySet().stream().sorted().toList()
              + ", found "
              + shown(type));
    }
    return checked(new Entry(name, known, shape, offsets[0], offsets[1]));
  }

  private static Entry checked(Entry entry) {
    long bytes;
    try {
      bytes = Math.multiplyExact(Tensor.elements(entry.shape()), (long) entry.type().bytes());
    } catch (ArithmeticException e) {
      throw new CheckpointException(
          shown(entry.name()) + ": a shape that cannot be: " + Arrays.toString(entry.shape()));
    }
    if (entry.begin() < 0 || entry.end() < entry.begin() || entry.end() - entry.begin() != bytes) {
      throw new CheckpointException(
          "%s: %s %s has %d bytes, found the offsets %d to %d"
              .formatted(
                  shown(entry.name()),
                  entry.type(),
                  Arrays.toString(entry.shape()),
                  bytes,
                  entry.begin(),
                  entry.end()));
    }
    if (bytes > Integer.MAX_VALUE - 16) {
      throw new CheckpointException(
          shown(entry.name()) + ": " + bytes + " bytes; a tensor of less than 2 GiB is expected");
    }
    return entry;
  }

  private static long[] longs(JsonReader json) throws IOException {
    List<Long> values = new ArrayList<>();
    json.beginArray();
    while (json.hasNext()) {
      if (values.size() == MOST_AXES) {
        throw new CheckpointException("a list of more than " + MOST_AXES + " numbers");
      }
      values.add(whole(json));
    }
    json.endArray();
    return values.stream().mapToLong(Long::longValue).toArray();
  }

  private static long whole(JsonReader json) throws IOException {
    String path = json.getPath();
    String found = json.peek() == JsonToken.NUMBER ? json.nextString() : json.peek().toString();
    try {
      return Long.parseLong(found);
    } catch (NumberFormatException e) {
      throw new CheckpointException(
          "expected a whole number at " + shown(path) + ", found " + shown(found));
    }
  }

  /**
   * The tensors as their bytes follow each other.
   *
   * @param size of the file after the header
   * @throws CheckpointException if they leave holes, overlap, or do not fill the file
   */
  List<Entry> inOrder(long size) {
    List<Entry> sorted =
        entries.stream()
            .sorted(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end))
            .toList();
    long at = 0;
    for (Entry entry : sorted) {
      if (entry.begin() != at) {
        throw new CheckpointException(
            "%s begins at byte %d, where the tensor before ends at %d"
                .formatted(shown(entry.name()), entry.begin(), at));
      }
      at = entry.end();
    }
    if (at != size) {
      throw new CheckpointException(
          "its tensors have " + at + " bytes, found " + size + " after the header");
    }
    return sorted;
  }

  private static String shown(String text) {
    return text.length() <= 100 ? text : text.substring(0, 100) + "...";
  }

  private static String brief(Exception e) {
    String message = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    String first = message.lines().findFirst().orElse("");
    // Advice to programmers, of no use to who has the file.
    return shown(first.replaceFirst("^Use JsonReader\\S* to accept ", ""));
  }
}
