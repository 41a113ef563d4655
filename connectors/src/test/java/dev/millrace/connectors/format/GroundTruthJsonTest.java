package dev.millrace.connectors.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.connectors.ConnectorException;
import dev.millrace.connectors.GroundTruth;
import dev.millrace.connectors.GroundTruth.TrueObject;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GroundTruthJsonTest {
  private static final GroundTruth TRUTH =
      new GroundTruth(
          640,
          360,
          List.of(
              new TrueObject(12, 40, 88, 201, "person", 0, 17, 0.931f, 8123),
              new TrueObject(1.25f, 2.5f, 3, 4, "bus", 3, 2, 1, 3)),
          List.of(new TrueObject(0, 0, 5, 6, "car", 2, 9, 0.2f, 21)));

  @Test
  void comesBackAsItWas() {
    assertThat(GroundTruthJson.read(GroundTruthJson.write(TRUTH))).isEqualTo(TRUTH);
    GroundTruth empty = new GroundTruth(1, 1, List.of(), List.of());
    assertThat(GroundTruthJson.read(GroundTruthJson.write(empty))).isEqualTo(empty);
  }

  @Test
  void isShortAndAsDocumented() {
    assertThat(GroundTruthJson.write(TRUTH))
        .startsWith(
            "{\"width\":640,\"height\":360,\"objects\":[{\"box\":[12,40,88,201],\"label\":\"person\","
                + "\"classId\":0,\"trackId\":17,\"visible\":0.931,\"area\":8123},{\"box\":[1.25,2.5,3,4]")
        .contains("\"ignored\":[{\"box\":[0,0,5,6],\"label\":\"car\"");
  }

  @Test
  void laterMembersAreIgnoredAndMissingListsAreEmpty() {
    assertThat(GroundTruthJson.read("{\"width\":2,\"height\":3,\"weather\":\"rain\"}"))
        .isEqualTo(new GroundTruth(2, 3, List.of(), List.of()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "[]",
        "{}",
        "{\"width\":0,\"height\":1}",
        "{\"width\":1,\"height\":1,\"objects\":[null]}",
        "{\"width\":1,\"height\":1,\"objects\":[{\"label\":\"car\"}]}",
        "{\"width\":1,\"height\":1,\"objects\":[{\"label\":\"car\",\"box\":[1,2,3]}]}",
        "{\"width\":1,\"height\":1,\"objects\":[{\"label\":\"car\",\"box\":[1,2,3,null]}]}",
        "{\"width\":1,\"height\":1,\"ignored\":[{\"box\":[1,2,3,4]}]}",
        "{\"width\":1,\"height\":1"
      })
  void whatIsNoTruthIsRefused(String json) {
    assertThatThrownBy(() -> GroundTruthJson.read(json))
        .isInstanceOf(ConnectorException.class)
        .hasMessageStartingWith("header ground-truth")
        .hasMessageContaining("docs/formats.md");
  }

  @Test
  void scalesWithItsFrame() {
    GroundTruth half = TRUTH.scaledTo(320, 180);
    assertThat(half.width()).isEqualTo(320);
    assertThat(half.objects().get(0))
        .isEqualTo(new TrueObject(6, 20, 44, 100.5f, "person", 0, 17, 0.931f, 8123 / 4f));
    assertThat(half.ignored()).hasSize(1);
    assertThat(TRUTH.scaledTo(640, 360)).isSameAs(TRUTH);
  }
}
