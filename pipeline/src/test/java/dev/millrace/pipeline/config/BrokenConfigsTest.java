package dev.millrace.pipeline.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.millrace.components.ConfigException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BrokenConfigsTest {
  private List<BrokenConfig> cases;

  @BeforeAll
  void collect(@TempDir Path folder) throws IOException {
    cases = BrokenConfigs.in(folder);
  }

  List<BrokenConfig> cases() {
    return cases;
  }

  @Test
  void theGoodOneLoads() {
    BrokenConfig any = cases.get(0);
    LoadedConfig loaded =
        new ConfigLoader(any.root())
            .load(any.root().resolve("good/model.yaml"), List.of(), ToyComponents.registries());
    assertThat(loaded.config().model().classes()).hasSize(2);
    assertThat(cases).hasSizeGreaterThan(50);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void isRefusedInOneLineThatSaysWhereAndWhat(BrokenConfig broken) {
    ConfigLoader loader = new ConfigLoader(broken.root());
    Throwable refusal =
        catchThrowable(() -> loader.load(broken.file(), List.of(), ToyComponents.registries()));
    assertThat(refusal).isInstanceOf(ConfigException.class);
    assertThat(refusal.getMessage())
        .contains(broken.expected())
        .startsWith(broken.root().toString())
        .doesNotContain("hunter2", "tools.jackson", "java.lang", "snakeyaml", "..:", " null")
        .hasLineCount(1)
        .hasSizeLessThan(700);
  }
}
