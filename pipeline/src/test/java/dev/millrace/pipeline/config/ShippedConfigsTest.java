package dev.millrace.pipeline.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.millrace.components.ConfigException;
import dev.millrace.components.Registries;
import dev.millrace.components.checkpoint.DownloadProgress;
import dev.millrace.components.checkpoint.WeightsStore;
import dev.millrace.components.engine.DetectorFactory;
import dev.millrace.components.engine.EngineConfig;
import dev.millrace.components.standard.StandardComponents;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The repository's own configurations, and models made from them that cannot be. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ShippedConfigsTest {
  private static final Path CONFIGS = Path.of(System.getProperty("millrace.root"), "configs");
  private static final EngineConfig CPU = new EngineConfig("compiled", "cpu", null, 1);

  private final Registries registries =
      StandardComponents.registries().plugins(ShippedConfigsTest.class.getClassLoader());

  List<Path> shipped() throws IOException {
    try (Stream<Path> files = Files.walk(CONFIGS)) {
      return files
          .filter(f -> f.toString().endsWith(".yaml") && !f.startsWith(CONFIGS.resolve("base")))
          .sorted()
          .toList();
    }
  }

  @Test
  void thereAreSome() throws IOException {
    assertThat(shipped()).hasSizeGreaterThanOrEqualTo(3);
  }

  @ParameterizedTest
  @MethodSource("shipped")
  void itLoads(Path file) {
    assumeTrue(ComponentNames.areRegistered(CONFIGS, file, registries), "of components to come");
    LoadedConfig loaded = new ConfigLoader(CONFIGS).load(file, List.of(), registries);
    assertThat(loaded.config().model().classes()).isNotEmpty();
    assertThat(loaded.root()).isEqualTo(CONFIGS.toAbsolutePath().normalize());
    assertThat(loaded.files()).contains(loaded.file());
  }

  /** No weights: what its parts are, and that they fit. */
  @ParameterizedTest
  @MethodSource("shipped")
  void itsPartsFit(Path file) {
    assumeTrue(ComponentNames.areRegistered(CONFIGS, file, registries), "of components to come");
    LoadedConfig loaded = new ConfigLoader(CONFIGS).load(file, List.of(), registries);
    DetectorFactory factory =
        new DetectorFactory(registries, loaded.binder(), weights -> Optional.empty());
    assertThat(factory.parameterShapes(loaded.config().model()))
        .hasSizeGreaterThan(10)
        .allSatisfy((name, shape) -> assertThat(shape).doesNotContain(0, -1));
  }

  @Test
  void modelsThatCannotBeBuiltAreRefused(@TempDir Path folder) throws IOException {
    List<BrokenConfig> models = BrokenConfigs.models(folder);
    assertThat(models).hasSizeGreaterThanOrEqualTo(10);
    for (BrokenConfig broken : models) {
      Throwable refusal = catchThrowable(() -> build(broken, folder));
      assertThat(refusal).as(broken.name()).isInstanceOf(ConfigException.class);
      assertThat(refusal.getMessage())
          .as(broken.name())
          .contains(broken.expected())
          .startsWith(broken.root().toString())
          .doesNotContain("java.lang", "ai.djl", "\tat ");
      if (!broken.name().equals("no-weights-at-all")) { // lists the parameters
        assertThat(refusal.getMessage()).as(broken.name()).hasLineCount(1);
      }
    }
  }

  private void build(BrokenConfig broken, Path cache) {
    WeightsStore store =
        WeightsStore.ofEnvironment(Map.of("MILLRACE_CACHE", cache.resolve("cache").toString()));
    LoadedConfig loaded =
        new ConfigLoader(broken.root()).load(broken.file(), List.of(), registries);
    try {
      new DetectorFactory(
              registries,
              loaded.binder(),
              weights ->
                  store.find(
                      weights,
                      "model.weights",
                      loaded.file().getParent(),
                      loaded.root(),
                      DownloadProgress.SILENT))
          .build(loaded.config().model(), CPU, 1, List.of());
    } catch (ConfigException e) {
      throw loaded.tree().locate(e);
    }
  }
}
