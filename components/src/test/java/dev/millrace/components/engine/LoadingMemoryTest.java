package dev.millrace.components.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.components.checkpoint.Safetensors;
import dev.millrace.components.checkpoint.Tensor;
import dev.millrace.components.checkpoint.TorchFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Loading takes next to nothing of the heap: in a process that has much less than the file. */
class LoadingMemoryTest {

  private static final int MIB = 1 << 20;

  @TempDir Path folder;

  private enum Form {
    ARCHIVE,
    LEGACY,
    PICKLE,
    PICKLE_OF_TEXTS,
    SAFETENSORS;

    Path write(Path file, Map<String, Tensor> tensors) throws IOException {
      switch (this) {
        case ARCHIVE -> TorchFiles.archive(file, tensors);
        case LEGACY -> TorchFiles.legacy(file, tensors);
        case PICKLE -> TorchFiles.pickle(file, tensors, 4);
        case PICKLE_OF_TEXTS -> TorchFiles.pickle(file, tensors, 2);
        case SAFETENSORS -> Safetensors.write(file, tensors, Map.of());
      }
      return file;
    }
  }

  @ParameterizedTest
  @EnumSource(Form.class)
  void aFileLargerThanTheHeap(Form form) throws Exception {
    load(form, 48, 24);
  }

  @Tag("slow")
  @ParameterizedTest
  @EnumSource(Form.class)
  void aFileOfTheSizeOfARealModel(Form form) throws Exception {
    load(form, 160, 64);
  }

  /**
   * @param size of the weights, MiB
   * @param heap that the process may have, MiB
   */
  private void load(Form form, int size, int heap) throws Exception {
    int each = size / 8;
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    Random random = new Random(1);
    float[] values = new float[each * MIB / 4];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextFloat() - 0.5f;
    }
    for (int i = 0; i < 8; i++) {
      tensors.put("layer" + i + ".weight", Tensor.of(values, each, MIB / 4));
    }
    Path file = form.write(folder.resolve("model"), tensors);
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + heap + "m",
                "-XX:MaxDirectMemorySize=" + 4 * size + "m",
                "-cp",
                System.getProperty("java.class.path"),
                LoadOnce.class.getName(),
                file.toString())
            .redirectErrorStream(true)
            .start();
    String answer = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
    assertThat(process.exitValue()).as(answer).isZero();
    String[] numbers = answer.strip().lines().reduce((a, b) -> b).orElseThrow().split(" ");
    long bytes = Files.size(file);
    long peak = Long.parseLong(numbers[2]);
    long direct = Long.parseLong(numbers[3]);
    System.out.printf(
        "%s of %d MiB: peak heap %.1f MiB (%.2f of the file, -Xmx%dm), direct memory %.0f MiB%n",
        form, bytes / MIB, (double) peak / MIB, (double) peak / bytes, heap, (double) direct / MIB);
    assertThat(Integer.parseInt(numbers[0])).isEqualTo(8);
    assertThat(Long.parseLong(numbers[1])).isEqualTo((long) size * MIB);
    assertThat(peak).isLessThan((long) (1.3 * bytes));
    // The weights, and where the file has texts for bytes, those bytes.
    long most = (form == Form.PICKLE_OF_TEXTS ? 2L : 1L) * size * MIB + MIB;
    assertThat(direct).isLessThan(most);
  }
}
