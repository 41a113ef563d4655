package dev.millrace.pipeline.writemodels;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.components.Registries;
import dev.millrace.components.checkpoint.DownloadProgress;
import dev.millrace.components.checkpoint.WeightsStore;
import dev.millrace.components.image.Frame;
import dev.millrace.components.modeling.Detection;
import dev.millrace.components.modeling.Detector;
import dev.millrace.components.standard.StandardComponents;
import dev.millrace.pipeline.config.ConfigLoader;
import dev.millrace.pipeline.config.LoadedConfig;
import dev.millrace.pipeline.server.StandardModels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** docs/write-models.md shows nothing but lines of files that the build compiles, loads, tests. */
class WriteModelsPageTest {
  private static final Path ROOT = Path.of(System.getProperty("millrace.root"));
  private static final Pattern BLOCK = Pattern.compile("```(java|yaml)\n(.*?)```", Pattern.DOTALL);

  private static List<String> files(String kind, String... folders) throws IOException {
    List<String> texts = new ArrayList<>();
    for (String folder : folders) {
      try (Stream<Path> all = Files.walk(ROOT.resolve(folder))) {
        for (Path file : all.filter(f -> f.toString().endsWith("." + kind)).toList()) {
          texts.add(flat(Files.readString(file)));
        }
      }
    }
    return texts;
  }

  /** How lines are broken and indented does not matter. */
  private static String flat(String text) {
    return text.replaceAll("\\s+", "");
  }

  @Test
  void itsSnippetsAreLinesOfRealFiles() throws IOException {
    Map<String, List<String>> sources =
        Map.of(
            "java", files("java", "components/plugins", "pipeline/src/test/java"),
            "yaml", files("yaml", "configs"));
    Matcher blocks = BLOCK.matcher(Files.readString(ROOT.resolve("docs/write-models.md")));
    int found = 0;
    while (blocks.find()) {
      String snippet = blocks.group(2);
      assertThat(sources.get(blocks.group(1)))
          .as("a file with these lines:\n" + snippet)
          .anyMatch(source -> source.contains(flat(snippet)));
      found++;
    }
    assertThat(found).isGreaterThan(8);
  }

  @Test
  void aModelIsMadeByExplicitArguments() {
    assertThat(ExplicitArguments.model().stages()).hasSize(4);
    assertThat(ExplicitArguments.model().parameters().keySet())
        .contains("backbone.conv1.weight", "roi_heads.box_predictor.cls_score.weight");
  }

  /** The page's own head, in a configuration of the model that ships. */
  @ParameterizedTest
  @ValueSource(strings = {"compiled", "eager"})
  void aHeadsFieldBecomesAnAttribute(String mode) {
    Path file = ROOT.resolve("configs/examples/distance_roi_heads.yaml");
    Registries registries =
        StandardComponents.registries().plugins(WriteModelsPageTest.class.getClassLoader());
    LoadedConfig config =
        new ConfigLoader(ROOT.resolve("configs"))
            .load(
                file,
                List.of(
                    "engine.mode=" + mode,
                    "engine.device=cpu",
                    "model.postprocessor.minScore=0",
                    "model.architecture.roiHeads.finder.boxPredictor.testScoreThresh=0"),
                registries);
    byte[] pixels = new byte[3 * 160 * 120];
    new Random(1).nextBytes(pixels);
    try (Detector detector =
        new StandardModels(WeightsStore.ofEnvironment(Map.of()), file, DownloadProgress.SILENT)
            .build(config, registries, 1, List.of())
            .get(0)) {
      List<Detection> found =
          detector.detect(List.of(new Frame(160, 120, pixels))).get(0).objects();
      assertThat(found).isNotEmpty();
      assertThat(found)
          .allSatisfy(d -> assertThat(d.attributes().get("distance")).hasSize(1))
          .allSatisfy(d -> assertThat(d.attributes().get("distance").get(0)).isPositive());
    }
  }
}
