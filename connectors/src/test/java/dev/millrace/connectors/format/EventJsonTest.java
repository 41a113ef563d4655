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
import dev.millrace.connectors.DetectionEvent.Keypoint;
import dev.millrace.connectors.DetectionEvent.Mask;
import dev.millrace.connectors.DetectionEvent.Segment;
import dev.millrace.connectors.Events;
import dev.millrace.connectors.FramePosition;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

class EventJsonTest {
  private static final DetectionEvent EVENT =
      Events.of(
          new FramePosition("frames", 2, 8123),
          "gate-3",
          Instant.parse("2026-11-23T06:52:11.031Z"));
  private static final Schema SCHEMA = schema("detection-event.schema.json");
  private static final Schema SCHEMA_1_0 = schema("detection-event.schema.1.0.json");

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

  /** What mask, keypoint and panoptic heads and a plugin's own add. */
  private static DetectionEvent rich() {
    Mask mask = new Mask(4, 5, "522000OO2");
    DetectedObject object =
        new DetectedObject(
            List.of(1f, 0f, 5f, 3f),
            "person",
            0,
            0.5f,
            null,
            mask,
            List.of(new Keypoint(1.5f, 2, 0.25f), new Keypoint(3, 1, 1)),
            Map.of("speed", List.of(3.5f), "age", List.of(0.25f, 0.75f), "none", List.of()));
    return new DetectionEvent(
        "gate-3",
        EVENT.frame(),
        EVENT.revision(),
        List.of(object),
        List.of(
            new Segment(1, true, 0, "person", 0.5f, 8, mask),
            new Segment(2, false, 21, "sky", 1, 12, new Mask(4, 5, "052M000OO2"))),
        EVENT.timings(),
        1);
  }

  @Test
  void whatAModelFindsBesidesBoxesLooksLikeThis() {
    assertThat(json(rich()))
        .contains(
            """
            "detections":[\
            {"box":[1.0,0.0,5.0,3.0],"label":"person","classId":0,"score":0.5,\
            "mask":{"size":[4,5],"counts":"522000OO2"},\
            "keypoints":[[1.5,2.0,0.25],[3.0,1.0,1.0]],\
            "attributes":{"age":[0.25,0.75],"none":[],"speed":[3.5]}}],\
            "segments":[\
            {"id":1,"thing":true,"classId":0,"label":"person","score":0.5,"area":8,\
            "mask":{"size":[4,5],"counts":"522000OO2"}},\
            {"id":2,"thing":false,"classId":21,"label":"sky","score":1.0,"area":12,\
            "mask":{"size":[4,5],"counts":"052M000OO2"}}],\
            "timings":""");
    assertThat(problems(json(rich()))).isEmpty();
  }

  @Test
  void readsMasksKeypointsAttributesAndSegments() {
    assertThat(EventJson.read(EventJson.write(rich()))).isEqualTo(rich());
  }

  @Test
  void eventsOfBoxModelsAreAsTheyWereBeforeThereWereMasks() {
    assertThat(SCHEMA_1_0.validate(json(EVENT), InputFormat.JSON)).isEmpty();
    assertThat(SCHEMA_1_0.validate(json(rich()), InputFormat.JSON)).isNotEmpty();
  }

  private record OldObject(
      List<Float> box, String label, int classId, float score, Integer trackId) {}

  private record OldEvent(String camera, List<OldObject> detections, int batchSize) {}

  @Test
  void aConsumerThatIgnoresWhatItDoesNotKnowReadsTheBoxes() {
    assertThat(new JsonMapper().readValue(EventJson.write(rich()), OldEvent.class))
        .isEqualTo(
            new OldEvent(
                "gate-3",
                List.of(new OldObject(List.of(1f, 0f, 5f, 3f), "person", 0, 0.5f, null)),
                1));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"size\":[4,5]             | \"size\":[4]",
        "\"size\":[4,5]             | \"size\":[4,0]",
        "\"size\":[4,5]             | \"size\":[4,null]",
        "\"size\":[4,5],            | ``",
        "\"size\":[4,5]             | \"size\":[4,99999]",
        "\"counts\":\"522000OO2\"   | \"counts\":\"52€\"",
        "[1.5,2.0,0.25]             | [1.5,2.0]",
        "[1.5,2.0,0.25]             | null",
        "[1.5,2.0,0.25]             | [1.5,null,1]",
        "[1.5,2.0,0.25]             | {\"x\":1}",
        "\"age\":[0.25,0.75]        | \"age\":[0.25,null]",
        "\"age\":[0.25,0.75]        | \"age\":3",
        "\"box\":[1.0,0.0,5.0,3.0]  | \"box\":[1.0,null,5.0,3.0]",
        "\"label\":\"sky\",         | ``",
        "{\"id\":2                  | null,{\"id\":2",
      })
  void whatIsWrongInMasksAndKeypointsIsInvalidAndRefused(String right, String wrong) {
    assertThat(json(rich())).contains(right);
    String text = json(rich()).replaceFirst(java.util.regex.Pattern.quote(right), wrong);
    assertThat(problems(text)).isNotEmpty();
    assertThatThrownBy(() -> EventJson.read(text.getBytes(UTF_8)))
        .isInstanceOf(ConnectorException.class)
        .hasMessageContaining("detection event");
  }

  /** Valid by its schema, which cannot count pixels. */
  @Test
  void aMaskWhoseRunsDoNotAddUpIsNamed() {
    String text = json(rich()).replace("052M000OO2", "052M000OO3");
    assertThatThrownBy(() -> EventJson.read(text.getBytes(UTF_8)))
        .isInstanceOf(ConnectorException.class)
        .hasMessageContaining("segments[1]: the runs of a mask of 4 x 5");
  }

  /** Each would take many times its size, or has no end, if it were simply read. */
  @ParameterizedTest
  @CsvSource({"'[0,0,0],', 400000", "'[', 40", "'[[', 1000000"})
  void whatIsMadeToExhaustMemoryIsRefused(String part, int times) {
    String text = json(rich()).replace("\"keypoints\":[", "\"keypoints\":[" + part.repeat(times));
    assertThatThrownBy(() -> EventJson.read(text.getBytes(UTF_8)))
        .isInstanceOf(ConnectorException.class);
    assertThatThrownBy(() -> EventJson.read(new byte[40_000_000]))
        .isInstanceOf(ConnectorException.class)
        .hasMessageContaining("40000000 bytes");
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

  private static Schema schema(String name) {
    try (InputStream in = DetectionEvent.class.getResourceAsStream(name)) {
      return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
          .getSchema(new String(in.readAllBytes(), UTF_8), InputFormat.JSON);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
