package dev.millrace.connectors.format;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.millrace.connectors.ConnectorException;
import dev.millrace.connectors.DetectionEvent;
import dev.millrace.connectors.DetectionEvent.DetectedObject;
import dev.millrace.connectors.Events;
import dev.millrace.connectors.FramePosition;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EventJsonTest {
  private static final DetectionEvent EVENT =
      Events.of(
          new FramePosition("frames", 2, 8123),
          "gate-3",
          Instant.parse("2026-11-23T06:52:11.031Z"));
  private static final Schema SCHEMA = schema();

  @Test
  void looksLikeThis() {
    String hash = EVENT.revision().config();
    assertThat(json(EVENT))
        .isEqualTo(
            """
            {"camera":"gate-3",\
            "frame":{"topic":"frames","partition":2,"offset":8123,\
            "capturedAt":"2026-11-23T06:52:11.031Z","width":768,"height":576},\
            "revision":{"id":7,"config":"%1$s","weights":"%1$s"},\
            "detections":[\
            {"box":[12.1,40.0,88.7,201.3],"label":"person","classId":0,"score":0.983,"trackId":12},\
            {"box":[0.0,1.0E-5,767.99994,576.0],"label":"dog \\"ü\\"","classId":16,"score":1.0}],\
            "timings":{"queueMicros":900,"decodeMicros":5200,"inferMicros":19800},"batchSize":4}"""
                .formatted(hash));
  }

  @Test
  void readsWhatItWrote() {
    assertThat(EventJson.read(EventJson.write(EVENT))).isEqualTo(EVENT);
  }

  @Test
  void everyFloatReadsBackAsItself() {
    Random random = new Random(3);
    for (int i = 0; i < 5000; i++) {
      float x = Float.intBitsToFloat(random.nextInt());
      if (Float.isFinite(x)) {
        DetectionEvent event =
            with(List.of(new DetectedObject(List.of(x, x, x, x), "a", 0, 1, null)));
        assertThat(EventJson.read(EventJson.write(event)).detections().get(0).box())
            .containsExactly(x, x, x, x);
      }
    }
  }

  @Test
  void timesHaveMilliseconds() {
    assertThat(EventJson.time(Instant.parse("2026-11-23T06:52:11Z")))
        .isEqualTo("2026-11-23T06:52:11.000Z");
    assertThat(EventJson.time(Instant.parse("2026-11-23T06:52:11.0319Z")))
        .isEqualTo("2026-11-23T06:52:11.031Z");
  }

  @Test
  void whatJsonCannotSayIsRefused() {
    DetectionEvent event =
        with(List.of(new DetectedObject(List.of(Float.NaN, 0f, 0f, 0f), "a", 0, 1, null)));
    assertThatThrownBy(() -> EventJson.write(event))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("NaN");
  }

  @Test
  void whatIsWrittenIsValid() {
    assertThat(problems(json(EVENT))).isEmpty();
    assertThat(problems(json(with(List.of())))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"camera\":\"gate-3\"       | \"camera\":3",
        "\"camera\":\"gate-3\",      | ``",
        "\"batchSize\":4             | \"batchSize\":0",
        "\"score\":0.983             | \"score\":1.983",
        "12.1,40.0,88.7,201.3        | 12.1,40.0,88.7",
        "11.031Z                     | 11Z",
        "\"partition\":2             | \"partition\":-1",
        "\"width\":768               | \"width\":768.5",
        "\"config\":\"sha256:        | \"config\":\"md5:",
        "\"batchSize\":4             | \"batchSize\":4,\"colour\":1",
      })
  void whatIsWrongIsInvalid(String right, String wrong) {
    assertThat(json(EVENT)).contains(right);
    assertThat(problems(json(EVENT).replaceFirst(java.util.regex.Pattern.quote(right), wrong)))
        .isNotEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {"``", "null", "{}", "[1]", "{\"camera\":", "{\"camera\":\"c\"}"})
  void whatIsNoEventIsRefused(String text) {
    assertThatThrownBy(() -> EventJson.read(text.getBytes(UTF_8)))
        .isInstanceOf(ConnectorException.class)
        .hasMessageContaining("detection event");
  }

  @Test
  void membersOfLaterVersionsAreIgnored() {
    String later = json(EVENT).replaceFirst("\\{", "{\"colour\":\"red\",");
    assertThat(EventJson.read(later.getBytes(UTF_8))).isEqualTo(EVENT);
  }

  private static DetectionEvent with(List<DetectedObject> detections) {
    return new DetectionEvent(
        EVENT.camera(), EVENT.frame(), EVENT.revision(), detections, EVENT.timings(), 1);
  }

  private static String json(DetectionEvent event) {
    return new String(EventJson.write(event), UTF_8);
  }

  private static List<Error> problems(String json) {
    return SCHEMA.validate(json, InputFormat.JSON);
  }

  private static Schema schema() {
    try (InputStream in = DetectionEvent.class.getResourceAsStream("detection-event.schema.json")) {
      return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
          .getSchema(new String(in.readAllBytes(), UTF_8), InputFormat.JSON);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
