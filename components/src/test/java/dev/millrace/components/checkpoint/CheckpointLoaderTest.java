package dev.millrace.components.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.millrace.components.ConfigException;
import dev.millrace.components.checkpoint.ParameterReport.Trouble;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointLoaderTest {

  @TempDir Path folder;

  private static final Tensor PAIR = Tensor.of(new float[] {1, 2}, 2);

  private static Checkpoint checkpoint(String... names) {
    Map<String, Tensor> parameters = new LinkedHashMap<>();
    for (String name : names) {
      parameters.put(name, PAIR);
    }
    return new Checkpoint(Path.of("net.pt"), "00", parameters, Map.of(), Map.of(), Naming.EXACT);
  }

  private static Map<String, long[]> model(String... names) {
    Map<String, long[]> shapes = new LinkedHashMap<>();
    for (String name : names) {
      shapes.put(name, new long[] {2});
    }
    return shapes;
  }

  private static ParameterReport match(
      Map<String, long[]> model, Checkpoint file, List<String> initialize, List<String> ignore) {
    return CheckpointLoader.match(model, file, initialize, ignore, Set.of("pixel_mean"));
  }

  @Test
  void exactNamesAndShapes() {
    ParameterReport report =
        match(model("b.w", "a.w"), checkpoint("a.w", "b.w", "pixel_mean"), List.of(), List.of());
    assertThat(report.orThrow("model.weights")).isSameAs(report);
    assertThat(report.matched()).containsOnlyKeys("b.w", "a.w").containsValue(PAIR);
    assertThat(report.matched().keySet()).containsExactly("b.w", "a.w");
  }

  @Test
  void whatTheModelMakesByItselfIsNotSurplusButMayBeIgnored() {
    ParameterReport silent =
        match(model("a.w"), checkpoint("a.w", "pixel_mean"), List.of(), List.of());
    assertThat(silent.misfits()).isEmpty();
    assertThat(silent.ignored()).isEmpty();
    ParameterReport said =
        match(model("a.w"), checkpoint("a.w", "pixel_mean"), List.of(), List.of("pixel_mean"));
    assertThat(said.misfits()).isEmpty();
    assertThat(said.ignored()).containsExactly("pixel_mean");
    ParameterReport other =
        match(model("a.w"), checkpoint("a.w", "b.pixel_mean"), List.of(), List.of());
    assertThat(other.names(Trouble.SURPLUS)).containsExactly("b.pixel_mean");
  }

  @Test
  void everyMisfitIsListed() {
    Map<String, long[]> model = model("a.w", "b.w");
    model.put("c.w", new long[] {2, 1});
    ParameterReport report = match(model, checkpoint("a.w", "c.w", "d.w"), List.of(), List.of());
    assertThat(report.names(Trouble.MISSING)).containsExactly("b.w");
    assertThat(report.names(Trouble.SURPLUS)).containsExactly("d.w");
    assertThat(report.names(Trouble.MISSHAPEN)).containsExactly("c.w");
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> report.orThrow("model.weights"))
        .withMessage(
            """
            model.weights: net.pt does not fit the model: 1 missing, 1 surplus, 1 other shape.
              missing      b.w  model [2]
              other shape  c.w  model [2, 1]  file [2]
              surplus      d.w  file [2]
            Use the configuration that belongs to these weights, or name what shall not be loaded\
             in initialize and what the model does not need in ignore (such as backbone.**).\
            """);
  }

  @Test
  void aLongListEndsInACount() {
    Map<String, long[]> model = new LinkedHashMap<>();
    for (int i = 0; i < 25; i++) {
      model.put("layer" + i, new long[] {1});
    }
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> match(model, checkpoint(), List.of(), List.of()).orThrow("model.weights"))
        .satisfies(
            e ->
                assertThat(e.getMessage())
                    .contains("25 missing", "layer19 ", "and 5 more")
                    .doesNotContain("layer20"));
  }

  @Test
  void initializeIsNotLoadedAndIgnoreExcusesOnlyWhatIsSurplus() {
    ParameterReport report =
        match(
            model("a.w", "head.w", "head.b"),
            checkpoint("a.w", "head.w", "old.w"),
            List.of("head.**"),
            List.of("old.*"));
    assertThat(report.orThrow("model.weights").matched()).containsOnlyKeys("a.w");
    assertThat(report.initialized()).containsExactly("head.w", "head.b");
    assertThat(report.ignored()).containsExactly("old.w");
    ParameterReport kept = match(model("a.w"), checkpoint("a.w"), List.of(), List.of("a.w"));
    assertThat(kept.matched()).containsOnlyKeys("a.w");
    assertThat(kept.names(Trouble.DEAD_IGNORE)).containsExactly("a.w");
  }

  @Test
  void aPatternThatMatchesNothingIsAMistake() {
    ParameterReport report =
        match(model("a.w"), checkpoint("a.w"), List.of("haed.**"), List.of("odl.**"));
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> report.orThrow("model.weights"))
        .withMessageContaining("initialize matches nothing      haed.**\n")
        .withMessageContaining("ignore matches nothing surplus  odl.**");
  }

  @Test
  void withoutAFileEverythingMustBeInitialised() {
    WeightsConfig all = new WeightsConfig(null, null, null, List.of("**"), null, null, null);
    assertThat(CheckpointLoader.match(model("a.w"), null, all, Set.of()).orThrow("w").initialized())
        .containsExactly("a.w");
    WeightsConfig none = new WeightsConfig(null, null, null, null, null, null, null);
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> CheckpointLoader.match(model("a.w"), null, none, Set.of()).orThrow("w"))
        .withMessageContaining("w: no file does not fit the model: 1 missing");
  }

  @Test
  void aDamagedFileIsAMistakeOfTheConfiguration() throws IOException {
    Path file = Files.writeString(folder.resolve("net.pt"), "PK\3\4 and no more");
    WeightsStore.Found found = new WeightsStore.Found(file, Sha256.of(file));
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> CheckpointLoader.read(found, "model.weights"))
        .withMessageContaining("model.weights: " + file + ": the zip archive is damaged")
        .withMessageContaining("Fetch the file again");
  }
}
