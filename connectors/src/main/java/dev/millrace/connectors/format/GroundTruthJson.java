package dev.millrace.connectors.format;

import dev.millrace.connectors.ConnectorException;
import dev.millrace.connectors.GroundTruth;
import dev.millrace.connectors.GroundTruth.TrueObject;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * What is really in a frame, as the text of its header {@link FrameHeaders#GROUND_TRUTH}. Whole
 * numbers are written without a point. Unknown members are ignored when reading. Thread-safe.
 */
public final class GroundTruthJson {
  private static final JsonFactory FACTORY = new JsonFactory();
  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .disable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .build();

  private record Document(
      int width,
      int height,
      @Nullable List<@Nullable Entry> objects,
      @Nullable List<@Nullable Entry> ignored) {}

  private record Entry(
      @Nullable List<@Nullable Float> box,
      @Nullable String label,
      int classId,
      int trackId,
      float visible,
      float area) {}

  private GroundTruthJson() {}

  public static String write(GroundTruth truth) {
    StringWriter text = new StringWriter(64 + 110 * truth.objects().size());
    try (JsonGenerator json = FACTORY.createGenerator(text)) {
      json.writeStartObject();
      json.writeNumberProperty("width", truth.width());
      json.writeNumberProperty("height", truth.height());
      write(json, "objects", truth.objects());
      write(json, "ignored", truth.ignored());
      json.writeEndObject();
    }
    return text.toString();
  }

  private static void write(JsonGenerator json, String name, List<TrueObject> objects) {
    json.writeArrayPropertyStart(name);
    for (TrueObject object : objects) {
      json.writeStartObject();
      json.writeArrayPropertyStart("box");
      number(json, object.x1());
      number(json, object.y1());
      number(json, object.x2());
      number(json, object.y2());
      json.writeEndArray();
      json.writeStringProperty("label", object.label());
      json.writeNumberProperty("classId", object.classId());
      json.writeNumberProperty("trackId", object.trackId());
      json.writeName("visible");
      number(json, object.visible());
      json.writeName("area");
      number(json, object.area());
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private static void number(JsonGenerator json, float value) {
    int whole = (int) value;
    if (whole == value) {
      json.writeNumber(whole);
    } else {
      json.writeNumber(value);
    }
  }

  /**
   * @throws ConnectorException if this text is no ground truth
   */
  public static GroundTruth read(String json) {
    try {
      Document document = MAPPER.readValue(json, Document.class);
      if (document == null || document.width() < 1 || document.height() < 1) {
        throw unreadable("width and height are missing", null);
      }
      return new GroundTruth(
          document.width(),
          document.height(),
          objects("objects", document.objects()),
          objects("ignored", document.ignored()));
    } catch (JacksonException e) {
      throw unreadable(e.getOriginalMessage(), e);
    }
  }

  private static List<TrueObject> objects(String name, @Nullable List<@Nullable Entry> entries) {
    List<TrueObject> objects = new ArrayList<>();
    for (Entry entry : entries == null ? List.<@Nullable Entry>of() : entries) {
      List<@Nullable Float> box = entry == null ? null : entry.box();
      if (entry == null
          || entry.label() == null
          || box == null
          || box.size() != 4
          || box.contains(null)) {
        throw unreadable(name + "[" + objects.size() + "] has no label or no box", null);
      }
      objects.add(
          new TrueObject(
              side(box, 0),
              side(box, 1),
              side(box, 2),
              side(box, 3),
              entry.label(),
              entry.classId(),
              entry.trackId(),
              entry.visible(),
              entry.area()));
    }
    return objects;
  }

  private static float side(List<@Nullable Float> box, int index) {
    Float side = box.get(index);
    return side == null ? 0 : side;
  }

  private static ConnectorException unreadable(String what, @Nullable Throwable cause) {
    return new ConnectorException(
        "header " + FrameHeaders.GROUND_TRUTH,
        "the JSON cannot be read: " + what + ".",
        "Expected is what docs/formats.md describes.",
        cause);
  }
}
