package dev.millrace.pipeline.importing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.dataformat.yaml.YAMLMapper;

class PlainYamlTest {
  private static final YAMLMapper MAPPER = YAMLMapper.builder().build();

  @Test
  void readsLikeWrittenByHand() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("short", new ComponentTree("A").with("k", 1.0).map());
    map.put(
        "long",
        new ComponentTree("B").with("a", 1).with("b", 0.5).with("c", List.of(1.0, 2.5)).map());
    map.put("items", List.of(new ComponentTree("x").map(), Map.of("in", Map.of("deep", true))));
    map.put("empty", List.of());
    assertThat(PlainYaml.document(List.of("Top."), map, Map.of("long.b", List.of("Why."))))
        .isEqualTo(
            """
            # Top.
            short: {name: A, k: 1}
            long:
              name: B
              a: 1
              # Why.
              b: 0.5
              c: [1.0, 2.5]
            items:
              - {name: x}
              - in: {deep: true}
            empty: []
            """);
  }

  /** Whatever somebody's class is called, it comes back as it was. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "person",
        "traffic light",
        "a: b",
        "#1",
        "yes",
        "No",
        "null",
        "",
        " x",
        "x ",
        "12",
        "1e5",
        ".5",
        "0x1F",
        "- a",
        "{a}",
        "[a",
        "a, b",
        "\"q\"",
        "it's",
        "back\\slash",
        "tab\there",
        "line\nbreak",
        "\u0085\u2028",
        "caf\u00e9",
        "\ud83d\ude80",
        "~",
        "*a",
        "&a",
        "!a",
        "%a",
        "@a",
        "`a",
        "?",
        "<<",
        "=",
        "..",
        "../x",
        "a#b",
        "a #b",
        "true",
        "y",
        "1_000",
        "-",
        "---"
      })
  void textComesBack(String text) {
    Map<String, Object> map = Map.of("k", text, "l", List.of(text), "m", Map.of("name", text));
    String yaml = PlainYaml.document(List.of(), map, Map.of());
    assertThat(MAPPER.readValue(yaml, Map.class)).isEqualTo(map);
  }

  @Test
  void commentsAreWrapped() {
    List<String> lines = PlainYaml.wrapped("word ".repeat(50).strip() + " a\u00a0b");
    assertThat(lines).hasSizeGreaterThan(1).allSatisfy(l -> assertThat(l.length()).isLessThan(111));
    assertThat(lines.get(lines.size() - 1)).endsWith(" a b");
  }

  /** A stranger's key or file name must not become a line of the document. */
  @ParameterizedTest
  @ValueSource(strings = {"\n", "\r", "\r\n", "\u0085", "\u2028", "\u2029", "\u0000"})
  void aCommentIsOneLine(String end) {
    String yaml = PlainYaml.document(List.of("a" + end + "sink: {}"), Map.of("b", 1), Map.of());
    assertThat(yaml).matches("# a {1,2}sink: \\{\\}\nb: 1\n");
  }
}
