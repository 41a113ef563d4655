package dev.millrace.connectors.format;

import dev.millrace.connectors.ConnectorException;
import dev.millrace.connectors.DetectionEvent;
import dev.millrace.connectors.DetectionEvent.DetectedObject;
import java.io.ByteArrayOutputStream;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.json.JsonMapper;

/**
 * A detection event as JSON, in UTF-8, on one line. Numbers have the fewest digits that read back
 * as the same float. Unknown members are ignored when reading, so that a later version's events can
 * be read. Thread-safe.
 */
public final class EventJson {
  /** CloudEvents type of a detection event. */
  public static final String EVENT_TYPE = "dev.millrace.detections.v1";

  private static final JsonFactory FACTORY =
      JsonFactory.builder().enable(StreamWriteFeature.USE_FAST_DOUBLE_WRITER).build();
  private static final JsonMapper MAPPER = JsonMapper.builder().build();
  private static final DateTimeFormatter MILLIS =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private EventJson() {}

  /**
   * @throws IllegalArgumentException if a number is infinite or none: JSON cannot say that
   */
  public static byte[] write(DetectionEvent event) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(512 + 128 * event.detections().size());
    try (JsonGenerator json = FACTORY.createGenerator(bytes)) {
      json.writeStartObject();
      json.writeStringProperty("camera", event.camera());
      DetectionEvent.Source frame = event.frame();
      json.writeObjectPropertyStart("frame");
      json.writeStringProperty("topic", frame.topic());
      json.writeNumberProperty("partition", frame.partition());
      json.writeNumberProperty("offset", frame.offset());
      json.writeStringProperty("capturedAt", time(frame.capturedAt()));
      json.writeNumberProperty("width", frame.width());
      json.writeNumberProperty("height", frame.height());
      json.writeEndObject();
      json.writeObjectPropertyStart("revision");
      json.writeNumberProperty("id", event.revision().id());
      json.writeStringProperty("config", event.revision().config());
      json.writeStringProperty("weights", event.revision().weights());
      json.writeEndObject();
      json.writeArrayPropertyStart("detections");
      for (DetectedObject detection : event.detections()) {
        write(json, detection);
      }
      json.writeEndArray();
      json.writeObjectPropertyStart("timings");
      json.writeNumberProperty("queueMicros", event.timings().queueMicros());
      json.writeNumberProperty("decodeMicros", event.timings().decodeMicros());
      json.writeNumberProperty("inferMicros", event.timings().inferMicros());
      json.writeEndObject();
      json.writeNumberProperty("batchSize", event.batchSize());
      json.writeEndObject();
    }
    return bytes.toByteArray();
  }

  /**
   * @throws ConnectorException if these bytes are no detection event
   */
  public static DetectionEvent read(byte[] json) {
    try {
      DetectionEvent event = MAPPER.readValue(json, DetectionEvent.class);
      if (event == null || anyMissing(event)) {
        throw unreadable("a member is missing", null);
      }
      return event;
    } catch (JacksonException e) {
      throw unreadable(e.getOriginalMessage(), e);
    }
  }

  /** ISO-8601 in UTC with milliseconds: {@code 2026-11-23T06:52:11.031Z}. */
  public static String time(Instant instant) {
    return MILLIS.format(instant);
  }

  private static void write(JsonGenerator json, DetectedObject detection) {
    json.writeStartObject();
    json.writeArrayPropertyStart("box");
    for (float side : detection.box()) {
      json.writeNumber(finite(side));
    }
    json.writeEndArray();
    json.writeStringProperty("label", detection.label());
    json.writeNumberProperty("classId", detection.classId());
    json.writeNumberProperty("score", finite(detection.score()));
    Integer trackId = detection.trackId();
    if (trackId != null) {
      json.writeNumberProperty("trackId", trackId);
    }
    json.writeEndObject();
  }

  private static float finite(float number) {
    if (!Float.isFinite(number)) {
      throw new IllegalArgumentException("a detection has the coordinate or score " + number);
    }
    return number;
  }

  @SuppressWarnings("ConstantValue") // Jackson leaves null what a document lacks
  private static boolean anyMissing(DetectionEvent event) {
    return event.camera() == null
        || event.frame() == null
        || event.frame().topic() == null
        || event.frame().capturedAt() == null
        || event.revision() == null
        || event.detections() == null
        || event.timings() == null
        || event.detections().stream()
            .anyMatch(
                d -> d == null || d.box() == null || d.box().size() != 4 || d.label() == null);
  }

  private static ConnectorException unreadable(
      String what, @org.jspecify.annotations.Nullable Throwable cause) {
    return new ConnectorException(
        "detection event",
        "the JSON cannot be read: " + what + ".",
        "Expected is what detection-event.schema.json describes.",
        cause);
  }
}
