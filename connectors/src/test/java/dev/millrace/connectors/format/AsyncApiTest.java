package dev.millrace.connectors.format;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.connectors.DeadLetterReason;
import dev.millrace.connectors.DetectionEvent;
import dev.millrace.connectors.FramePosition;
import dev.millrace.connectors.FrameRecord;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** The document that other languages go by says what the code does. */
class AsyncApiTest {
  private static final JsonNode DOCUMENT = read();

  @Test
  void everyReferenceLeadsSomewhere() {
    List<String> references = new ArrayList<>();
    collect(DOCUMENT, references);
    assertThat(references).isNotEmpty();
    for (String reference : references) {
      if (reference.startsWith("#")) {
        assertThat(DOCUMENT.at(reference.substring(1)).isMissingNode()).as(reference).isFalse();
      } else {
        assertThat(DetectionEvent.class.getResource(reference.substring(2))).isNotNull();
      }
    }
  }

  @Test
  void deadLettersHaveTheHeadersThatAreRequired() {
    FrameRecord frame =
        new FrameRecord(new FramePosition("t", 0, 1), 1, "c", new byte[1], Map.of(), Instant.EPOCH);
    Map<String, String> headers = DeadLetterHeaders.of(frame, new DeadLetterReason("empty", "m"));
    assertThat(texts(DOCUMENT.at("/components/messages/deadLetter/headers/required")))
        .containsExactlyInAnyOrderElementsOf(headers.keySet());
    assertThat(DOCUMENT.at("/components/messages/deadLetter/headers/properties").propertyNames())
        .contains(DeadLetterHeaders.OMITTED, DeadLetterHeaders.OMITTED_FIELDS);
  }

  @Test
  void bothPagesListTheReasonsThatThereAre() throws IOException {
    assertThat(
            texts(
                DOCUMENT.at(
                    "/components/messages/deadLetter/headers/properties/millrace-reason/examples")))
        .isEqualTo(DeadLetterReason.CODES);
    String page = Files.readString(Path.of("..", "docs", "formats.md"));
    String table = page.substring(page.indexOf("| Code | Meaning |"));
    assertThat(table.lines().skip(2).takeWhile(line -> line.startsWith("|")))
        .map(line -> line.split("`", -1)[1])
        .isEqualTo(DeadLetterReason.CODES);
  }

  @Test
  void rawFramesHaveTheHeadersThatAreRequired() {
    Map<String, String> headers = new FrameFormat.Raw(1, 1, PixelFormat.RGB24).headers();
    JsonNode raw = DOCUMENT.at("/components/messages/rawFrame/headers");
    assertThat(texts(raw.at("/required"))).containsExactlyInAnyOrderElementsOf(headers.keySet());
    assertThat(texts(raw.at("/properties/format/enum")))
        .containsExactlyInAnyOrderElementsOf(
            Arrays.stream(PixelFormat.values()).map(PixelFormat::label).toList());
  }

  @Test
  void theGroundTruthsHeaderIsNamed() {
    assertThat(
            DOCUMENT
                .at("/components/messages/encodedFrame/headers/properties")
                .has(FrameHeaders.GROUND_TRUTH))
        .isTrue();
  }

  @Test
  void eventsHaveTheTypeThatIsSaid() {
    assertThat(
            DOCUMENT
                .at("/components/messages/detectionEvent/headers/properties/ce_type/const")
                .asString())
        .isEqualTo(EventJson.EVENT_TYPE);
  }

  private static List<String> texts(JsonNode array) {
    return array.valueStream().map(JsonNode::asString).toList();
  }

  private static void collect(JsonNode node, List<String> references) {
    if (node.has("$ref")) {
      references.add(node.get("$ref").asString());
    }
    node.valueStream().forEach(child -> collect(child, references));
  }

  private static JsonNode read() {
    try (InputStream in = DetectionEvent.class.getResourceAsStream("asyncapi.yaml")) {
      return new YAMLMapper().readTree(in);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
