package dev.millrace.pipeline.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.components.standard.StandardComponents;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ConfigReferencePageTest {
  @Test
  void theCommittedPageIsWhatTheCodeSays() throws IOException {
    Path page = Path.of(System.getProperty("millrace.root"), "docs", "configuration.md");
    String current = ConfigReference.markdown(StandardComponents.registries());
    String committed = Files.exists(page) ? Files.readString(page) : "";
    assertThat(committed)
        .as("docs/configuration.md is stale. Write it again: " + ConfigReference.COMMAND)
        .isEqualTo(current);
  }
}
