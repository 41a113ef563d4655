package dev.millrace.pipeline.endtoend;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.millrace.connectors.DetectionEvent;
import dev.millrace.connectors.FrameRecord;
import dev.millrace.connectors.format.EventJson;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;

/** An event as it lies on its topic. */
record SeenEvent(FrameRecord record, DetectionEvent event) {
  private static final Schema SCHEMA = schema();

  static SeenEvent of(FrameRecord record) {
    return new SeenEvent(record, EventJson.read(record.value()));
  }

  String camera() {
    return event.camera();
  }

  String json() {
    return new String(record.value(), UTF_8);
  }

  /** The bytes of its member {@code detections}. */
  String detections() {
    String json = json();
    return json.substring(json.indexOf("\"detections\":"), json.indexOf(",\"timings\":"));
  }

  /** What the published schema has against it. */
  List<String> problems() {
    return SCHEMA.validate(json(), InputFormat.JSON).stream().map(Object::toString).toList();
  }

  private static Schema schema() {
    try (InputStream in = DetectionEvent.class.getResourceAsStream("detection-event.schema.json")) {
      return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
          .getSchema(new String(in.readAllBytes(), UTF_8), InputFormat.JSON);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
