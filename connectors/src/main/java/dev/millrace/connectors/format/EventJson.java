package dev.millrace.connectors.format;

import dev.millrace.connectors.ConnectorException;
import dev.millrace.connectors.DetectionEvent;
import dev.millrace.connectors.DetectionEvent.DetectedObject;
import dev.millrace.connectors.DetectionEvent.Keypoint;
import dev.millrace.connectors.DetectionEvent.Mask;
import dev.millrace.connectors.DetectionEvent.Segment;
import java.io.ByteArrayOutputStream;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.json.JsonMapper;

/**
 * A detection event as JSON, in UTF-8, on one line. Numbers have the fewest digits that read back
 * as the same float. Unknown members are ignored when reading, so that a later version's events can
 * be read. Limits on size, depth and the number of values bound what reading one may allocate, and
 * masks are checked. Thread-safe.
 */
public final class EventJson {
  /** CloudEvents type of a detection event. */
  public static final String EVENT_TYPE = "dev.millrace.detections.v1";

  private static final JsonFactory FACTORY =
      JsonFactory.builder().enable(StreamWriteFeature.USE_FAST_DOUBLE_WRITER).build();
  private static final int MOST_BYTES = 32 << 20;
  private static final JsonMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(32)
                          .maxTokenCount(1_000_000)
                          .maxStringLength(4 << 20)
                          .build())
                  .build())
          .build();
  private static final DateTimeFormatter MILLIS =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private EventJson() {}

  /**
   * @throws IllegalArgumentException if a number is infinite or none: JSON cannot say that
   */
  public static byte[] write(DetectionEvent event) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(expected(event));
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
      if (!event.segments().isEmpty()) {
        json.writeArrayPropertyStart("segments");
        for (Segment segment : event.segments()) {
          write(json, segment);
        }
        json.writeEndArray();
      }
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
    if (json.length > MOST_BYTES) {
      throw unreadable("it has " + json.length + " bytes, allowed are " + MOST_BYTES, null);
    }
    try {
      DetectionEvent event = MAPPER.readValue(json, DetectionEvent.class);
      String problem = EventCheck.problem(event);
      if (problem != null) {
        throw unreadable(problem, null);
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

  /** About how many bytes. */
  private static int expected(DetectionEvent event) {
    int size = 512;
    for (DetectedObject object : event.detections()) {
      Mask mask = object.mask();
      size += 128 + 32 * object.keypoints().size();
      size += mask == null ? 0 : mask.counts().length() * 9 / 8;
    }
    for (Segment segment : event.segments()) {
      size += 128 + segment.mask().counts().length() * 9 / 8;
    }
    return size;
  }

  private static void write(JsonGenerator json, DetectedObject detection) {
    json.writeStartObject();
    json.writeArrayPropertyStart("box");
    numbers(json, detection.box());
    json.writeEndArray();
    json.writeStringProperty("label", detection.label());
    json.writeNumberProperty("classId", detection.classId());
    json.writeNumberProperty("score", finite(detection.score()));
    Integer trackId = detection.trackId();
    if (trackId != null) {
      json.writeNumberProperty("trackId", trackId);
    }
    Mask mask = detection.mask();
    if (mask != null) {
      write(json, mask);
    }
    if (!detection.keypoints().isEmpty()) {
      json.writeArrayPropertyStart("keypoints");
      for (Keypoint keypoint : detection.keypoints()) {
        json.writeStartArray();
        json.writeNumber(finite(keypoint.x()));
        json.writeNumber(finite(keypoint.y()));
        json.writeNumber(finite(keypoint.score()));
        json.writeEndArray();
      }
      json.writeEndArray();
    }
    if (!detection.attributes().isEmpty()) {
      json.writeObjectPropertyStart("attributes");
      for (Map.Entry<String, List<Float>> attribute : detection.attributes().entrySet()) {
        json.writeArrayPropertyStart(attribute.getKey());
        numbers(json, attribute.getValue());
        json.writeEndArray();
      }
      json.writeEndObject();
    }
    json.writeEndObject();
  }

  private static void write(JsonGenerator json, Segment segment) {
    json.writeStartObject();
    json.writeNumberProperty("id", segment.id());
    json.writeBooleanProperty("thing", segment.thing());
    json.writeNumberProperty("classId", segment.classId());
    json.writeStringProperty("label", segment.label());
    json.writeNumberProperty("score", finite(segment.score()));
    json.writeNumberProperty("area", segment.area());
    write(json, segment.mask());
    json.writeEndObject();
  }

  private static void write(JsonGenerator json, Mask mask) {
    json.writeObjectPropertyStart("mask");
    json.writeArrayPropertyStart("size");
    json.writeNumber(mask.height());
    json.writeNumber(mask.width());
    json.writeEndArray();
    json.writeStringProperty("counts", mask.counts());
    json.writeEndObject();
  }

  private static void numbers(JsonGenerator json, List<Float> numbers) {
    for (float number : numbers) {
      json.writeNumber(finite(number));
    }
  }

  private static float finite(float number) {
    if (!Float.isFinite(number)) {
      throw new IllegalArgumentException("a detection has the coordinate or score " + number);
    }
    return number;
  }

  private static ConnectorException unreadable(String what, @Nullable Throwable cause) {
    return new ConnectorException(
        "detection event",
        "the JSON cannot be read: " + what + ".",
        "Expected is what detection-event.schema.json describes.",
        cause);
  }
}
