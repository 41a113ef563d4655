package dev.millrace.components.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.millrace.components.ConfigException;
import dev.millrace.components.checkpoint.ParameterReport.Origin;
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

  private static ParameterReport ends(Map<String, long[]> model, String... file) {
    Checkpoint checkpoint =
        new Checkpoint(
            Path.of("net.pkl"),
            "00",
            checkpoint(file).parameters(),
            Map.of(),
            Map.of(),
            Naming.SUFFIXES);
    return CheckpointLoader.match(model, checkpoint, List.of(), List.of(), Set.of());
  }

  /** As Detectron2's align_and_update_state_dicts. */
  @Test
  void theLongestEndOfAName() {
    ParameterReport report =
        ends(
            model("body.res2.conv1.w", "body.conv1.w", "body.x.my_conv2.w"),
            "conv1.w",
            "res2.conv1.w",
            "my_conv2.w");
    report.orThrow("w");
    assertThat(report.origins())
        .containsEntry("body.res2.conv1.w", new Origin("res2.conv1.w", "the end of the name"))
        .containsEntry("body.conv1.w", new Origin("conv1.w", "the end of the name"));
    ParameterReport half = ends(model("body.my_conv.w"), "conv.w");
    assertThat(half.names(Trouble.MISSING)).containsExactly("body.my_conv.w");
    assertThat(half.names(Trouble.SURPLUS)).containsExactly("conv.w");
    ParameterReport exact = match(model("a.w"), checkpoint("w"), List.of(), List.of());
    assertThat(exact.names(Trouble.MISSING)).containsExactly("a.w");
  }

  @Test
  void oneEntryForSeveralParametersIsAmbiguous() {
    ParameterReport report = ends(model("a.conv.w", "b.conv.w"), "conv.w");
    assertThat(report.names(Trouble.AMBIGUOUS)).containsExactly("a.conv.w", "b.conv.w");
    assertThat(report.matched()).isEmpty();
    ParameterReport whole = ends(model("conv.w", "b.conv.w"), "conv.w");
    assertThat(whole.matched()).containsOnlyKeys("conv.w");
    assertThat(whole.names(Trouble.MISSING)).containsExactly("b.conv.w");
  }

  /** PyTorch's wrapper for several devices puts a name before all others. */
  @Test
  void aWrapperIsTakenOff() {
    ParameterReport report = ends(model("a.w", "b.w"), "module.a.w", "module.b.w");
    assertThat(report.orThrow("w").origins())
        .containsEntry("a.w", new Origin("module.a.w", "without module."));
  }

  @Test
  void twoEntriesThatMeanTheSame() {
    Map<String, Tensor> file = new LinkedHashMap<>();
    file.put("fpn_res2_2_sum_w", PAIR);
    file.put("fpn_res2_1_sum_w", PAIR);
    Checkpoint checkpoint =
        new Checkpoint(Path.of("net.pkl"), "00", file, Map.of(), Map.of(), Naming.CAFFE2);
    ParameterReport report =
        CheckpointLoader.match(
            model("fpn_output2.weight"), checkpoint, List.of(), List.of(), Set.of());
    assertThat(report.names(Trouble.DOUBLED)).containsExactly("fpn_res2_1_sum_w");
  }

  @Test
  void theReportNamesEveryParameterAndEveryEntry() {
    Map<String, long[]> model = model("a.w", "head.w");
    model.put("c.w", new long[] {2, 1});
    ParameterReport report =
        CheckpointLoader.match(
            model,
            checkpoint("a.w", "c.w", "head.w", "d.w", "old.w", "pixel_mean"),
            List.of("head.*"),
            List.of("old.*"),
            Set.of("pixel_mean"));
    assertThat(report.describe())
        .isEqualTo(
            """
            net.pt: 1 parameters loaded, 1 initialised, 3 entries unused; 1 surplus, 1 other shape
              a.w  FLOAT32 [2]
              initialised  head.w
              unused  head.w  [2] (initialize says not to load it)
              unused  old.w  [2] (ignore says to leave it out)
              unused  pixel_mean  [2] (the model makes it by itself)
              other shape  c.w  model [2, 1]  file [2]
              surplus      d.w  file [2]
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
