package dev.millrace.pipeline.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.components.ConfigException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigLoaderTest {
  private static final String MODEL =
      """
      model:
        preprocessor: {name: ResizeShortestEdge, minSize: 640}
        architecture: {name: GeneralizedRcnn, wheel: {name: Oak, spokes: 5}}
        postprocessor: DetectionPostprocessor
        classes: [{name: person, id: 1}]
        weights: {file: model.pt}
      """;
  private Path root;

  @BeforeEach
  void write(@TempDir Path folder) throws IOException {
    root = Files.createDirectories(folder.toRealPath().resolve("configs"));
    write("base/model.yaml", MODEL);
  }

  private Path write(String name, String text) throws IOException {
    Path path = root.resolve(name);
    Files.createDirectories(path.getParent());
    return Files.writeString(path, text);
  }

  private LoadedConfig load(String text, String... overrides) throws IOException {
    return new ConfigLoader(root)
        .load(write("demo.yaml", text), List.of(overrides), ToyComponents.registries());
  }

  private Map<String, Object> argumentsOfWheel(LoadedConfig loaded) {
    Object wheel = loaded.config().model().architecture().arguments().get("wheel");
    return wheel instanceof Map<?, ?> ? castWheel(wheel) : Map.of("name", wheel);
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> castWheel(Object wheel) {
    return (Map<String, Object>) wheel;
  }

  @Test
  void defaultsAreFilledIn() throws IOException {
    LoadedConfig loaded = load("_BASE_: base/model.yaml\n");
    MillraceConfig config = loaded.config();
    assertThat(config.pipeline().maxBatch()).isEqualTo(8);
    assertThat(config.pipeline().maxDelay()).isEqualTo(Duration.ofMillis(5));
    assertThat(config.pipeline().maxFrameBytes()).isEqualTo(16 << 20);
    assertThat(config.pipeline().decodeThreads()).isNull();
    assertThat(config.console().host()).isEqualTo("127.0.0.1");
    assertThat(config.engine().device()).isNull();
    assertThat(config.model().preprocessor().path()).isEqualTo("model.preprocessor");
    assertThat(config.model().preprocessor().arguments())
        .containsExactly(Map.entry("minSize", 640));
    assertThat(loaded.files())
        .containsExactlyInAnyOrder(root.resolve("demo.yaml"), root.resolve("base/model.yaml"));
  }

  @Test
  void mapsMergeListsReplaceLaterBasesWin() throws IOException {
    write("base/fast.yaml", "pipeline: {maxBatch: 2, lanes: 2}\n");
    MillraceConfig config =
        load("""
                _BASE_: [base/model.yaml, base/fast.yaml]
                pipeline: {maxBatch: 4}
                model: {classes: [{name: cat, id: 17}]}
                """)
            .config();
    assertThat(config.pipeline().maxBatch()).isEqualTo(4);
    assertThat(config.pipeline().lanes()).isEqualTo(2);
    assertThat(config.model().classes()).extracting(c -> c.name()).containsExactly("cat");
    assertThat(config.model().weights().file()).isEqualTo("model.pt");
  }

  @Test
  void aNullResetsToTheDefault() throws IOException {
    write("base/fast.yaml", "_BASE_: model.yaml\npipeline: {maxBatch: 2}\n");
    assertThat(
            load("_BASE_: base/fast.yaml\npipeline:\n  maxBatch:\n").config().pipeline().maxBatch())
        .isEqualTo(8);
  }

  @Test
  void anotherComponentTakesNoArgumentsOfTheOld() throws IOException {
    LoadedConfig same =
        load(
            "_BASE_: base/model.yaml\nmodel: {architecture: {wheel: {name: Oak, inner: {name: Oak, spokes: 2}}}}\n");
    assertThat(argumentsOfWheel(same)).containsEntry("spokes", 5).containsKey("inner");
    LoadedConfig bare =
        load("_BASE_: base/model.yaml\nmodel: {preprocessor: ResizeShortestEdge}\n");
    assertThat(bare.config().model().preprocessor().arguments()).containsEntry("minSize", 640);
    assertThatThrownBy(
            () -> load("_BASE_: base/model.yaml\nmodel: {architecture: {wheel: Everything}}\n"))
        .hasMessageContaining("demo.yaml:2:24 model.architecture.wheel.text: missing required keys")
        .hasMessageNotContaining("spokes");
  }

  @Test
  void overridesComeLastAndAreTyped() throws IOException {
    MillraceConfig config =
        load(
                "_BASE_: base/model.yaml\npipeline: {maxBatch: 4}\n",
                "pipeline.maxBatch=16",
                "pipeline.maxDelay=0",
                "model.preprocessor.minSize=320",
                "model.classes=[{name: dog, id: 18}]",
                "engine.device=cuda:0",
                "\"console\".port=0")
            .config();
    assertThat(config.pipeline().maxBatch()).isEqualTo(16);
    assertThat(config.pipeline().maxDelay()).isZero();
    assertThat(config.model().preprocessor().arguments()).containsEntry("minSize", 320);
    assertThat(config.model().classes()).hasSize(1);
    assertThat(config.engine().device()).isEqualTo("cuda:0");
    assertThat(config.console().port()).isZero();
  }

  @Test
  void aBrokenOverrideIsNamed() {
    String base = "_BASE_: base/model.yaml\n";
    for (String bad : List.of("pipeline", "=4", "pipeline..lanes=2", "pipeline.=2", "")) {
      assertThatThrownBy(() -> load(base, bad))
          .isInstanceOf(ConfigException.class)
          .hasMessageStartingWith("--override " + bad + ": expected key=value.");
    }
    assertThatThrownBy(() -> load(base, "pipeline.lanes=many"))
        .hasMessage(
            "--override pipeline.lanes=many pipeline.lanes: expected an integer, found 'many'.");
    assertThatThrownBy(() -> load(base, "pipeline.lains=2"))
        .hasMessageContaining("Did you mean lanes?");
    assertThatThrownBy(() -> load(base, "model.classes=none"))
        .hasMessageContaining("changes a list of");
    assertThatThrownBy(() -> load(base, "pipeline.lanes=*a")).hasMessageContaining("alias");
  }

  @Test
  void kafkasSectionsAndPropertiesAreBound() throws IOException {
    MillraceConfig config =
        load(
                "source: {bootstrapServers: 'a:9092', maxBytesInFlight: 64MiB, drainTimeout: 2s}\n"
                    + "sink:\n  bootstrapServers: a:9092\n  drainTimeout: PT3S\n"
                    + "  properties: {sasl.jaas.config: '${env:JAAS}', linger.ms: 5}\n"
                    + MODEL,
                "source.properties.\"max.poll.records\"=50")
            .config();
    assertThat(config.source().maxBytesInFlight()).isEqualTo(64L << 20);
    assertThat(config.source().drainTimeout()).isEqualTo(Duration.ofSeconds(2));
    assertThat(config.source().properties()).isEqualTo(Map.of("max.poll.records", "50"));
    assertThat(config.sink().drainTimeout()).isEqualTo(Duration.ofSeconds(3));
    assertThat(config.sink().properties())
        .isEqualTo(Map.of("sasl.jaas.config", "${env:JAAS}", "linger.ms", "5"));
    assertThat(load(MODEL).config().source()).isNull();
  }

  @Test
  void theHashFollowsTheMeaning() throws IOException {
    String hash = load("_BASE_: base/model.yaml\npipeline: {maxBatch: 4, lanes: 2}\n").hash();
    assertThat(hash).matches("sha256:[0-9a-f]{64}");
    assertThat(load("# note\npipeline:\n  lanes: 2\n  maxBatch: 0x4\n" + MODEL).hash())
        .isEqualTo(hash);
    assertThat(load("pipeline: {maxBatch: 4, lanes: 3}\n" + MODEL).hash()).isNotEqualTo(hash);
    assertThat(load(MODEL, "pipeline={maxBatch: 4, lanes: 2}").hash()).isEqualTo(hash);
  }

  @Test
  void theMergedYamlIsTheSameConfiguration() throws IOException {
    LoadedConfig loaded = load("_BASE_: base/model.yaml\nengine: {device: \"cpu\"}\n");
    LoadedConfig again = load(loaded.tree().yaml());
    assertThat(again.hash()).isEqualTo(loaded.hash());
    assertThat(again.config()).isEqualTo(loaded.config());
  }

  @Test
  void aConfigMapMountWorks() throws IOException {
    write("..2026_01/demo.yaml", "_BASE_: model.yaml\n");
    write("..2026_01/model.yaml", MODEL);
    Files.createSymbolicLink(root.resolve("..data"), Path.of("..2026_01"));
    for (String name : List.of("demo.yaml", "model.yaml")) {
      Files.createSymbolicLink(root.resolve(name), Path.of("..data").resolve(name));
    }
    LoadedConfig loaded =
        new ConfigLoader(root)
            .load(root.resolve("demo.yaml"), List.of(), ToyComponents.registries());
    assertThat(loaded.config().model().classes()).hasSize(1);
    assertThat(loaded.files())
        .containsExactlyInAnyOrder(root.resolve("demo.yaml"), root.resolve("model.yaml"));
  }

  @Test
  void aBodyIsReadAsIfItWereTheFile() {
    LoadedConfig loaded =
        new ConfigLoader(root)
            .load(
                root.resolve("demo.yaml"),
                "_BASE_: base/model.yaml\n".getBytes(StandardCharsets.UTF_8),
                List.of(),
                ToyComponents.registries());
    assertThat(loaded.config().model().classes()).hasSize(1);
    assertThat(root.resolve("demo.yaml")).doesNotExist();
  }

  @Test
  void aFileOutsideTheRootIsRefused(@TempDir Path elsewhere) throws IOException {
    Path file = Files.writeString(elsewhere.resolve("demo.yaml"), MODEL);
    assertThatThrownBy(
            () -> new ConfigLoader(root).load(file, List.of(), ToyComponents.registries()))
        .hasMessageContaining("lies outside the configuration root");
    assertThatThrownBy(() -> new ConfigLoader(elsewhere.resolve("none")))
        .hasMessageContaining("is not a folder");
  }

  @Test
  void manyBasesAreNotReadForEver() throws IOException {
    for (int i = 0; i < 30; i++) {
      write("b" + i + ".yaml", "_BASE_: [b" + (i + 1) + ".yaml, b" + (i + 1) + ".yaml]\n");
    }
    write("b30.yaml", "pipeline: {}\n");
    assertThatThrownBy(() -> load("_BASE_: b0.yaml\n")).hasMessageContaining("more than 64 files");
  }

  @Test
  void aMistakeFoundWhileBuildingIsLocated() throws IOException {
    ConfigTree tree = load("_BASE_: base/model.yaml\n").tree();
    ConfigException later =
        new ConfigException("model.architecture.wheel.rim", "too wide.", "Use another.");
    assertThat(tree.locate(later))
        .hasMessage(
            root + "/base/model.yaml:3:41 model.architecture.wheel.rim: too wide. Use another.");
    ConfigException nowhere = new ConfigException("elsewhere", "gone.", null);
    for (ConfigException any : List.of(later, nowhere)) {
      assertThat(tree.locate(tree.locate(any))).hasMessage(tree.locate(any).getMessage());
    }
  }

  @Test
  void theUsualRootIsTheFolderConfigs() {
    assertThat(ConfigLoader.rootOf(Path.of("configs/coco/a.yaml"))).isEqualTo(Path.of("configs"));
    assertThat(ConfigLoader.rootOf(Path.of("/etc/mill/a.yaml"))).isEqualTo(Path.of("/etc/mill"));
    assertThat(ConfigLoader.rootOf(Path.of("a.yaml"))).isEqualTo(Path.of(""));
  }
}
