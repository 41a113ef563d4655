package dev.millrace.pipeline.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.components.ConfigException;
import dev.millrace.components.checkpoint.Safetensors;
import dev.millrace.components.checkpoint.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
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
            Map.of("m.a.weight", Tensor.of(new float[] {3}, 1)),
            Map.of("loss_normalizer", 97.30000000000001))
        .write(file);
    TrainingState state = TrainingState.read(file);
    assertThat(state.iteration()).isEqualTo(7);
    assertThat(state.configHash()).isEqualTo("sha256:1");
    assertThat(state.seconds()).isEqualTo(12.5);
    assertThat(state.values().get("a.weight").floats()).containsExactly(1, 2);
    assertThat(state.optimizer().get("m.a.weight").floats()).containsExactly(3);
    assertThat(state.averages()).isEqualTo(Map.of("loss_normalizer", 97.30000000000001));
  }

  @Test
  void othersAreRefusedInWords() throws IOException {
    Path damaged = Files.writeString(folder.resolve("damaged"), "nothing of the kind");
    Path weights = folder.resolve("weights");
    Safetensors.write(weights, Map.of("a", Tensor.of(new float[] {1}, 1)), Map.of());
    Path finished = folder.resolve("model.safetensors");
    Safetensors.write(
        finished,
        Map.of("a", Tensor.of(new float[] {1}, 1)),
        Map.of("iteration", "3", "config", "sha256:1"));
    Path before = folder.resolve("before");
    Safetensors.write(before, Map.of(), Map.of("iteration", "-3", "seconds", "1"));
    Path none = folder.resolve("none");
    for (Path file : new Path[] {damaged, weights, finished, before, none}) {
      assertThatThrownBy(() -> TrainingState.read(file))
          .isInstanceOf(ConfigException.class)
          .hasMessageContaining(file.toString())
          .hasMessageContaining("no state that a run could go on from")
          .hasMessageContaining("--output")
          .hasMessageNotContaining("input string");
    }
  }

  @Test
  void whereverItIsCutOffItIsRefused() throws IOException {
    Path file = folder.resolve("state");
    Map<String, Tensor> values = Map.of("a.weight", Tensor.of(new float[] {1, 2, 3}, 3));
    new TrainingState(7, "sha256:1", 12.5, values, values, Map.of()).write(file);
    byte[] whole = Files.readAllBytes(file);
    for (int length = 0; length < whole.length; length++) {
      Files.write(file, Arrays.copyOf(whole, length));
      assertThatThrownBy(() -> TrainingState.read(file))
          .as("%d of %d bytes", length, whole.length)
          .isInstanceOf(ConfigException.class)
          .hasMessageContaining("no state that a run could go on from");
    }
  }

  @Test
  void theOldOneIsReplacedAndNothingLiesBeside() throws IOException {
    Path file = folder.resolve("state");
    for (int step = 1; step <= 2; step++) {
      new TrainingState(step, "", 0, Map.of(), Map.of(), Map.of()).write(file);
      assertThat(TrainingState.read(file).iteration()).isEqualTo(step);
      assertThat(folder)
          .isDirectoryContaining(file::equals)
          .isDirectoryNotContaining("glob:**.part");
    }
  }
}
