package dev.millrace.components.checkpoint;

import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The header of a safetensors file: read with checks, or written. */
record SafetensorsHeader(Map<String, String> metadata, List<Entry> entries) {

  private static final String METADATA = "__metadata__";
  private static final int MOST_AXES = 64;
  private static final Map<String, ElementType> TYPES =
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
    try (JsonReader json = new JsonReader(new StringReader(text(utf8)))) {
      json.setStrictness(Strictness.STRICT);
      Map<String, String> metadata = new LinkedHashMap<>();
      Map<String, Entry> entries = new LinkedHashMap<>();
      json.beginObject();
      while (json.hasNext()) {
        String name = json.nextName();
        if (name.equals(METADATA)) {
          json.beginObject();
          while (json.hasNext()) {
            metadata.put(json.nextName(), json.nextString());
          }
          json.endObject();
        } else if (entries.put(name, entry(name, json)) != null) {
          throw new CheckpointException("two tensors are called " + shown(name));
        }
      }
      json.endObject();
      if (json.peek() != JsonToken.END_DOCUMENT) {
        throw new CheckpointException("something follows its header");
      }
      return new SafetensorsHeader(metadata, List.copyOf(entries.values()));
    } catch (IOException | IllegalStateException | NumberFormatException e) {
      throw new CheckpointException("its header is no JSON of this format: " + brief(e));
    }
  }

  private static String text(byte[] utf8) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8)).toString();
    } catch (CharacterCodingException e) {
      throw new CheckpointException("its header is no UTF-8");
    }
  }

  private static Entry entry(String name, JsonReader json) throws IOException {
    @Nullable String type = null;
    long @Nullable [] shape = null;
    long @Nullable [] offsets = null;
    json.beginObject();
    while (json.hasNext()) {
      String key = json.nextName();
      switch (key) {
        case "dtype" -> type = json.nextString();
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
      String number = json.peek() == JsonToken.NUMBER ? json.nextString() : "";
      values.add(Long.parseLong(number));
    }
    json.endArray();
    return values.stream().mapToLong(Long::longValue).toArray();
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

  /** The header of these tensors, in their order. */
  static byte[] text(Map<String, Tensor> tensors, Map<String, String> metadata) throws IOException {
    StringWriter text = new StringWriter();
    try (JsonWriter json = new JsonWriter(text)) {
      json.beginObject();
      if (!metadata.isEmpty()) {
        json.name(METADATA).beginObject();
        for (Map.Entry<String, String> entry : new TreeMap<>(metadata).entrySet()) {
          json.name(entry.getKey()).value(entry.getValue());
        }
        json.endObject();
      }
      long at = 0;
      for (Map.Entry<String, Tensor> entry : tensors.entrySet()) {
        Tensor tensor = entry.getValue();
        json.name(entry.getKey()).beginObject();
        json.name("dtype").value(name(tensor.type()));
        json.name("shape").beginArray();
        for (long length : tensor.shape()) {
          json.value(length);
        }
        json.endArray();
        long end = at + tensor.data().remaining();
        json.name("data_offsets").beginArray().value(at).value(end).endArray();
        json.endObject();
        at = end;
      }
      json.endObject();
    }
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static String name(ElementType type) {
    return TYPES.entrySet().stream()
        .filter(entry -> entry.getValue() == type)
        .map(Map.Entry::getKey)
        .findFirst()
        .orElseThrow();
  }

  private static String shown(String text) {
    return text.length() <= 100 ? text : text.substring(0, 100) + "...";
  }

  private static String brief(Exception e) {
    String message = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    return shown(message.lines().findFirst().orElse(""));
  }
}
