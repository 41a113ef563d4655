package dev.millrace.pipeline.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.millrace.components.ConfigException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MetricsLogTest {

  @TempDir Path folder;
  private Path file;

  @BeforeEach
  void name() {
    file = folder.resolve("metrics.json");
  }

  private static Map<String, Object> line(int iteration, double loss) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("iteration", iteration);
    line.put("total_loss", loss);
    return line;
  }

  private void write(int... iterations) {
    try (MetricsLog log = MetricsLog.open(file, Integer.MAX_VALUE)) {
      for (int iteration : iterations) {
        log.write(line(iteration, 0.5));
      }
    }
  }

  private List<Object> iterations() {
    return MetricsLog.read(file).stream().map(line -> line.get("iteration")).toList();
  }

  private void append(byte[] bytes) throws IOException {
    Files.write(file, bytes, StandardOpenOption.APPEND);
  }

  @Test
  void aLineIsThereWhenItWasWritten() throws IOException {
    try (MetricsLog log = MetricsLog.open(file, -1)) {
      log.write(line(19, 2));
      assertThat(Files.readString(file)).isEqualTo("{\"iteration\":19,\"total_loss\":2}\n");
      log.write(line(39, 1));
      assertThat(iterations()).containsExactly(19, 39);
    }
  }

  @Test
  void numbersHaveNoNeedlessDigits() throws IOException {
    Map<String, Object> line = line(123456789, 0.1f);
    line.put("a", 1 / 3.0);
    line.put("b", 2e-7);
    line.put("c", 90000.0);
    line.put("d", 0.0);
    line.put("e", -12.5f);
    line.put("f", 4_000_000_000L);
    line.put("g", Double.NaN);
    line.put("h", Float.POSITIVE_INFINITY);
    try (MetricsLog log = MetricsLog.open(file, -1)) {
      log.write(line);
    }
    assertThat(Files.readString(file))
        .isEqualTo(
            "{\"iteration\":123456789,\"total_loss\":0.1,\"a\":0.333333,\"b\":0.0000002,\"c\":90000,"
                + "\"d\":0,\"e\":-12.5,\"f\":4000000000,\"g\":\"NaN\",\"h\":\"Infinity\"}\n");
    TrainingPoint point = TrainingPoint.of(MetricsLog.read(file).get(0));
    assertThat(point.totalLoss()).isEqualTo(0.1);
    assertThat(point.ap()).isNaN();
  }

  @Test
  void aResumedRunKeepsWhatItsCheckpointKnows() {
    write(19, 39, 59, 79);
    try (MetricsLog log = MetricsLog.open(file, 39)) {
      log.write(line(59, 0.25));
    }
    assertThat(iterations()).containsExactly(19, 39, 59);
    assertThat(MetricsLog.read(file).get(2)).containsEntry("total_loss", 0.25);
    assertThat(folder.toFile().list()).containsExactly("metrics.json");
    MetricsLog.open(file, -1).close();
    assertThat(iterations()).isEmpty();
  }

  @Test
  void aTornLastLineIsDropped() throws IOException {
    write(19, 39);
    byte[] torn = "{\"iteration\":59,\"note\":\"ü".getBytes(StandardCharsets.UTF_8);
    append(java.util.Arrays.copyOf(torn, torn.length - 1)); // inside a character
    assertThat(iterations()).containsExactly(19, 39);
    write(59);
    assertThat(iterations()).containsExactly(19, 39, 59);
    assertThat(Files.readString(file)).endsWith("{\"iteration\":59,\"total_loss\":0.5}\n");
  }

  @Test
  void aWholeLastLineWithoutItsEndIsKept() throws IOException {
    write(19);
    append("{\"iteration\":39}".getBytes(StandardCharsets.UTF_8));
    write(59);
    assertThat(iterations()).containsExactly(19, 39, 59);
  }

  @Test
  void aMistakeFurtherUpIsToldWithItsLineAndNothingIsLost() throws IOException {
    write(19);
    append("{\"iter\n[1]\n{\"iteration\":59}\n".getBytes(StandardCharsets.UTF_8));
    String before = Files.readString(file);
    for (String line : List.of("metrics.json:2:", "expected a JSON object with an iteration")) {
      assertThatExceptionOfType(ConfigException.class)
          .isThrownBy(() -> MetricsLog.open(file, 19))
          .withMessageContaining(line);
    }
    assertThat(Files.readString(file)).isEqualTo(before);
  }

  @Test
  void aLineNeedsItsIteration() {
    try (MetricsLog log = MetricsLog.open(file, -1)) {
      assertThatIllegalArgumentException().isThrownBy(() -> log.write(Map.of("total_loss", 1.0)));
    }
    assertThat(iterations()).isEmpty();
  }

  @Test
  void aFileThatIsNotThereIsToldInASentence() {
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> MetricsLog.read(file))
        .withMessageContaining("metrics.json: cannot be read");
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> MetricsLog.open(folder.resolve("none/metrics.json"), -1))
        .withMessageContaining("cannot be written");
  }

  @Test
  void aLineBecomesAPoint() {
    Map<String, Object> line = line(99, 0.5);
    line.put("loss_cls", 0.25);
    line.put("lr", 0.02);
    line.put("bbox/AP", 0.4);
    line.put("time", 0.3);
    assertThat(TrainingPoint.of(line))
        .isEqualTo(new TrainingPoint(99, 0.5, Map.of("loss_cls", 0.25), 0.02, 0.4, Double.NaN));
  }
}
