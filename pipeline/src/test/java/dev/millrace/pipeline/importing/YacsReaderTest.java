package dev.millrace.pipeline.importing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import dev.millrace.components.ConfigException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class YacsReaderTest {

  private static Map<String, Object> read(String yaml) {
    return YacsReader.read(yaml.getBytes(StandardCharsets.UTF_8), "c.yaml");
  }

  private static Object value(String yaml) {
    return read("K: " + yaml).get("K");
  }

  @Test
  void pythonsLiteralsAreData() {
    assertThat(value("(800, 1333)")).isEqualTo(List.of(800, 1333));
    assertThat(value("(\"coco_2017_train\",)")).isEqualTo(List.of("coco_2017_train"));
    assertThat(value("!!python/tuple [1, 2.5]")).isEqualTo(List.of(1, 2.5));
    assertThat(value("((1, 2), [3], 'a')")).isEqualTo(List.of(List.of(1, 2), List.of(3), "a"));
    assertThat(value("()")).isEqualTo(List.of());
    assertThat(value("(7)")).isEqualTo(7);
    assertThat(value("\"(7,)\"")).isEqualTo(List.of(7));
    assertThat(value("1e-4")).isEqualTo(1e-4);
    assertThat(value("-1")).isEqualTo(-1);
    assertThat(value("True")).isEqualTo(true);
    assertThat(value("off")).isEqualTo(false);
    assertThat(value("None")).isNull();
    assertThat(value("null")).isNull();
    assertThat(value("''")).isEqualTo("");
    assertThat(value("!!str 12")).isEqualTo("12");
    assertThat(value("5000000000")).isEqualTo(5_000_000_000L);
    assertThat(value("(None, True)")).isEqualTo(Arrays.asList(null, true));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "(1, 2",
        "(1 2)",
        "(1,,2)",
        "os.system('x')",
        "(x, y)",
        "1_000",
        "__import__('os')",
        "('a' 'b')",
        "0x10",
        "(1) + 2",
        "../output",
        "GN",
        "model_final.pkl"
      })
  void whatIsNoLiteralIsText(String text) {
    assertThat(value("\"" + text + "\"")).isEqualTo(text);
  }

  @Test
  void literalsNestOnlySoDeep() {
    String deep = "(".repeat(100_000) + ")".repeat(100_000);
    assertThat(PythonLiteral.of(deep)).isEmpty();
  }

  @Test
  void dumpsHaveAliases() {
    assertThat(read("A: &x [1, 2]\nB: *x\nC: [*x, *x]"))
        .isEqualTo(
            Map.of(
                "A",
                List.of(1, 2),
                "B",
                List.of(1, 2),
                "C",
                List.of(List.of(1, 2), List.of(1, 2))));
  }

  @Test
  void retinaNetsExpressionIsRead() {
    List<?> sizes =
        (List<?>)
            value(
                "!!python/object/apply:eval [\"[[x, x * 2**(1.0/3), x * 2**(2.0/3) ] for x in"
                    + " [32, 64 ]]\"]");
    assertThat(sizes).hasSize(2);
    assertThat((Double) ((List<?>) sizes.get(0)).get(0)).isEqualTo(32.0);
    assertThat((Double) ((List<?>) sizes.get(1)).get(1))
        .isCloseTo(80.63494719327188, within(1e-12));
    assertThat((Double) ((List<?>) sizes.get(1)).get(2))
        .isCloseTo(101.59366732596476, within(1e-12));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "K: !!python/object/apply:os.system ['id']",
        "K: !!python/object/apply:eval [\"__import__('os').system('id')\"]",
        "K: !!python/object/apply:eval [\"[[x] for x in open('/etc/passwd')]\"]",
        "K: !!python/object/apply:eval [\"[[x * 2**(1/x)] for x in [1]]\"]",
        "K: !!python/object/new:tuple [[1]]",
        "K: !!python/name:os.system ''",
        "!!python/object:detectron2.config.config.CfgNode {K: 1}",
        "K: !mine 3",
      })
  void tagsThatRunPythonAreRefused(String yaml) {
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> read(yaml))
        .satisfies(
            e ->
                assertThat(e.getMessage())
                    .startsWith("c.yaml:1:")
                    .contains("asks to run Python", "Write the value out")
                    .hasLineCount(1));
  }

  @Test
  void whatUnfoldsIsLimited() {
    StringBuilder laughs = new StringBuilder("A0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\n");
    for (int i = 1; i < 9; i++) {
      String alias = "*a" + (i - 1);
      laughs
          .append("A%d: &a%d [".formatted(i, i))
          .append((alias + ", ").repeat(9))
          .append(alias)
          .append("]\n");
    }
    refused(laughs.toString(), "more than 50000 values");
    refused("K: " + "[".repeat(40) + "]".repeat(40), "deeper than 32 levels");
    refused("K: \"" + "x".repeat(300_000) + "\"", "more than the 262144 bytes");
  }

  @Test
  void whatIsNoConfigurationIsRefused() {
    refused("", "the file is empty");
    refused("- 1", "expected a map");
    refused("A: 1\n---\nB: 2", "a second document");
    refused("A: 1\nA: 2", "stands here twice");
    refused("A: *b", "names nothing");
    refused("B: &b {C: 1}\nA: {<<: *b}", "merge key");
    refused("A: [1", "this is not YAML");
    refused("A: &a [*a]", "names nothing");
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> YacsReader.read(new byte[] {(byte) 0x80, 2, (byte) 0xff}, "c.yaml"))
        .withMessageContaining("not UTF-8");
  }

  private static void refused(String yaml, String words) {
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> read(yaml))
        .satisfies(
            e -> assertThat(e.getMessage()).startsWith("c.yaml").contains(words).hasLineCount(1));
  }
}
