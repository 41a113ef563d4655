package dev.millrace.pipeline.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.components.ConfigException;
import dev.millrace.components.checkpoint.Safetensors;
import dev.millrace.components.checkpoint.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainingStateTest {

  @TempDir Path folder;

  @Test
  void isReadAsItWasWritten() {
    Path file = folder.resolve("state");
    new TrainingState(
            7,
            "sha256:1",
            12.5,
            Map.of("a.weight", Tensor.of(new float[] {1, 2}, 2)),
            Map.of("m.a.weight", Tensor.of(new float[] {3}, 1)))
        .write(file);
    TrainingState state = TrainingState.read(file);
    assertThat(state.iteration()).isEqualTo(7);
    assertThat(state.configHash()).isEqualTo("sha256:1");
    assertThat(state.seconds()).isEqualTo(12.5);
    assertThat(state.values().get("a.weight").floats()).containsExactly(1, 2);
    assertThat(state.optimizer().get("m.a.weight").floats()).containsExactly(3);
  }

  @Test
  void othersAreRefusedInWords() throws IOException {
    Path damaged = Files.writeString(folder.resolve("damaged"), "nothing of the kind");
    Path weights = folder.resolve("weights");
    Safetensors.write(weights, Map.of("a", Tensor.of(new float[] {1}, 1)), Map.of());
    for (Path file : new Path[] {damaged, weights}) {
      assertThatThrownBy(() -> TrainingState.read(file))
          .isInstanceOf(ConfigException.class)
          .hasMessageContaining(file.toString())
          .hasMessageContaining("no state that a run could go on from")
          .hasMessageContaining("--output");
    }
  }
}
