package dev.millrace.components.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What torch.save wrote before it wrote archives: what is read, and what is refused in words. */
class LegacyTorchReaderTest {

  @TempDir Path folder;
  private Path file;

  @BeforeEach
  void name() {
    file = folder.resolve("model.pth");
  }

  private void refused(String... words) {
    assertThatExceptionOfType(CheckpointException.class)
        .isThrownBy(() -> Checkpoints.read(file))
        .satisfies(e -> assertThat(e.getMessage()).contains(file.toString()).contains(words));
  }

  private static PickleWriter model() {
    return new PickleWriter().legacy().dict().text("model").dict();
  }

  private static byte[] floats(float... values) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return bytes.array();
  }

  private static byte[] one(String type, long held, long offset, long[] shape, long... strides) {
    return model()
        .text("w")
        .tensor(type, "7", held, offset, shape, strides)
        .endDict()
        .endDict()
        .stop();
  }

  private static long[] shape(long... lengths) {
    return lengths;
  }

  private void write(byte[] pickle, float... values) throws IOException {
    TorchFiles.legacy(file, pickle, Map.of("7", floats(values)));
  }

  @Test
  void tensorsOfSeveralStorages() throws IOException {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    tensors.put("a.w", Tensor.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3));
    tensors.put("a.b", Tensor.of(new float[] {7}));
    tensors.put("none", Tensor.of(new float[0], 0, 4));
    Checkpoint read = Checkpoints.read(TorchFiles.legacy(file, tensors));
    assertThat(read.parameters().keySet()).containsExactly("a.w", "a.b", "none");
    tensors.forEach(
        (name, tensor) -> {
          assertThat(read.parameters().get(name).shape()).isEqualTo(tensor.shape());
          assertThat(read.parameters().get(name).data()).isEqualTo(tensor.data());
        });
    assertThat(read.naming()).isEqualTo(Naming.SUFFIXES);
    write(one("FloatStorage", 6, 0, shape(3, 2), 1, 3), 1, 2, 3, 4, 5, 6);
    assertThat(Checkpoints.read(file).parameters().get("w").floats())
        .containsExactly(1, 4, 2, 5, 3, 6);
  }

  /** nn.Parameter, and tensors of PyTorch before 0.4. */
  @Test
  void parametersAndOldTensors() throws IOException {
    PickleWriter pickle = model().text("p").global("torch._utils", "_rebuild_parameter").op('(');
    pickle.vector("FloatStorage", "7", 2).raw(0x88).global("collections", "OrderedDict");
    pickle.op(')').op('R').op('t').op('R');
    pickle.text("o").global("torch._utils", "_rebuild_tensor").op('(');
    pickle.storage("FloatStorage", "7", 2).number(1).numbers(1).numbers(1).op('t').op('R');
    write(pickle.endDict().endDict().stop(), 1, 2);
    Map<String, Tensor> read = Checkpoints.read(file).parameters();
    assertThat(read.get("p").floats()).containsExactly(1, 2);
    assertThat(read.get("o").floats()).containsExactly(2);
  }

  /** As torchvision's training script leaves it. */
  @Test
  void whatATrainerNotesBesideTheModelIsLeftAlone() throws IOException {
    PickleWriter pickle = model().text("w").vector("FloatStorage", "7", 1).endDict();
    pickle.text("optimizer").dict().text("state").vector("FloatStorage", "8", 2).endDict();
    pickle.text("lr_scheduler").dict().text("milestones").global("collections", "Counter");
    pickle.dict().number(16).number(1).endDict().raw(0x85).op('R').endDict();
    pickle.text("args").global("argparse", "Namespace").op(')').raw(0x81);
    pickle.dict().text("lr").real(0.02).endDict().op('b');
    Map<String, byte[]> storages = new LinkedHashMap<>();
    storages.put("8", floats(1, 2));
    storages.put("7", floats(5));
    TorchFiles.legacy(file, pickle.endDict().stop(), storages);
    Map<String, Tensor> read = Checkpoints.read(file).parameters();
    assertThat(read).containsOnlyKeys("w");
    assertThat(read.get("w").floats()).containsExactly(5);
  }

  @Test
  void sizesAreCheckedBeforeMemoryIsTaken() throws IOException {
    long huge = 1L << 40;
    write(one("FloatStorage", huge, 0, shape(huge), 1), 1);
    refused("storage 7 has 1 elements, expected 1099511627776, and 4 bytes follow");
    write(one("FloatStorage", 1, 0, shape(huge), 0), 1);
    refused("w: a tensor of shape", "does not fit its storage");
    write(one("FloatStorage", 1, 0, shape(huge, huge, huge), 0, 0, 0), 1);
    refused("more elements than can be counted");
    write(one("FloatStorage", 4, 1, shape(2, 2), 2, 1), 1, 2, 3, 4);
    refused("does not fit its storage 7 of 4 elements");
    write(one("FloatStorage", 2, -1, shape(1), 1), 1, 2);
    refused("does not fit");
    write(one("FloatStorage", 2, 0, shape(2), -1), 1, 2);
    refused("strides [-1]");
    write(one("DoubleStorage", 2, 0, shape(2), 1), 1, 2);
    refused("storage 7 has 2 elements, expected 2, and 8 bytes follow");
    write(one("HalfStorage", 2, 0, shape(2), 1), 1, 2);
    refused("4 bytes follow its last storage");
    byte[] pickle = one("FloatStorage", huge, 0, shape(1), 1);
    write(pickle, 1);
    byte[] bytes = Files.readAllBytes(file);
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(bytes.length - 12, huge);
    Files.write(file, bytes);
    refused("storage 7 has 1099511627776 elements", "and 4 bytes follow");
  }

  @Test
  void storagesAreThoseThatTensorsName() throws IOException {
    TorchFiles.legacy(file, one("FloatStorage", 1, 0, shape(1), 1), Map.of("8", floats(1)));
    refused("its list of storages has '8', which no tensor names");
    TorchFiles.legacy(file, one("FloatStorage", 1, 0, shape(1), 1), Map.of());
    refused("w: the file lacks the storage 7");
    PickleWriter two = model().text("a").vector("FloatStorage", "7", 1);
    write(two.text("b").vector("FloatStorage", "7", 2).endDict().endDict().stop(), 1, 2);
    refused("storage 7 with two types or lengths");
    PickleWriter part = new PickleWriter().dict().text("w");
    part.op('(').text("storage").global("torch", "FloatStorage").text("7").text("cpu").number(1);
    write(part.numbers(0, 0, 1).op('t').op('Q').endDict().stop(), 1);
    refused("a storage that is part of another one");
  }

  @Test
  void oneStorageManyTimesIsNoWayToEatMemory() throws IOException {
    PickleWriter pickle = model();
    for (int i = 0; i < 2_000; i++) {
      pickle.text("w" + i).vector("FloatStorage", "7", 100_000);
    }
    write(pickle.endDict().endDict().stop(), new float[100_000]);
    refused("asks for more memory");
  }

  @ParameterizedTest
  @CsvSource({"os, system", "posix, system", "builtins, eval", "torch, load", "argparse, _sys"})
  void namesOffTheListAreRefusedByName(String module, String name) throws IOException {
    PickleWriter pickle = model().text("w").global(module, name).op('(');
    write(pickle.text("touch /tmp/owned").op('t').op('R').endDict().endDict().stop(), 1);
    refused("its object: byte", module + "." + name, "refused, not run");
  }

  @Test
  void theFileMustBeWhole() throws IOException {
    write(one("FloatStorage", 3, 0, shape(3), 1), 1, 2, 3);
    byte[] whole = Files.readAllBytes(file);
    assertThat(Checkpoints.read(file).parameters()).hasSize(1);
    for (int length = 15; length < whole.length; length++) {
      Files.write(file, Arrays.copyOf(whole, length));
      refused("The file is damaged or incomplete");
    }
  }

  @Test
  void otherVersionsAndSystemsAreRefused() throws IOException {
    write(one("FloatStorage", 1, 0, shape(1), 1), 1);
    byte[] whole = Files.readAllBytes(file);
    byte[] version = whole.clone();
    version[18]++;
    Files.write(file, version);
    refused("its version is 1002, expected 1001");
    byte[] order = whole.clone();
    int at = new String(whole, java.nio.charset.StandardCharsets.ISO_8859_1).indexOf("little");
    order[at + "little_endian".length()] = (byte) 0x89;
    Files.write(file, order);
    refused("its storages are not little-endian");
  }
}
