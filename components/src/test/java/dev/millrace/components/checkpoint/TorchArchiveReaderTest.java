package dev.millrace.components.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.millrace.components.ConfigException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TorchArchiveReaderTest {

  @TempDir Path folder;
  private Path file;

  @BeforeEach
  void name() {
    file = folder.resolve("model.pt");
  }

  private Checkpoint read(ArchiveWriter archive) throws IOException {
    return Checkpoints.read(archive.write(file));
  }

  private void refused(ArchiveWriter archive, String... words) throws IOException {
    archive.write(file);
    refused(words);
  }

  private void refused(String... words) {
    assertThatExceptionOfType(CheckpointException.class)
        .isThrownBy(() -> Checkpoints.read(file))
        .satisfies(e -> assertThat(e.getMessage()).contains(file.toString()).contains(words));
  }

  private static PickleWriter net() {
    return new PickleWriter().module("Net");
  }

  private static ArchiveWriter oneTensor(
      String type, long held, long offset, long[] shape, long... strides) {
    return ArchiveWriter.of(
        net().text("w").tensor(type, "0", held, offset, shape, strides).end().stop());
  }

  private static long[] shape(long... lengths) {
    return lengths;
  }

  @Test
  void namesBeginAtTheMetaArchitecture() throws IOException {
    PickleWriter pickle = net().text("coco_idx").vector("LongStorage", "0", 2).text("model");
    pickle.module("TracingAdapter").text("model").module("GeneralizedRCNN");
    pickle.text("pixel_mean").vector("FloatStorage", "1", 1);
    pickle.text("backbone").module("Net").text("w").vector("FloatStorage", "2", 1);
    pickle.text("parts").op(']').vector("FloatStorage", "1", 1).op('a').end();
    Checkpoint checkpoint =
        read(
            ArchiveWriter.of(pickle.end().end().end().stop())
                .longs("0", 1, 90)
                .floats("1", 103.53f)
                .floats("2", 7));
    assertThat(checkpoint.parameters().keySet())
        .containsExactly("coco_idx", "pixel_mean", "backbone.w", "backbone.parts.0");
    assertThat(checkpoint.parameters().get("coco_idx").longs()).containsExactly(1, 90);
    assertThat(checkpoint.parameters().get("backbone.w").floats()).containsExactly(7);
    assertThat(checkpoint.source()).isEqualTo(file);
    assertThat(checkpoint.sha256()).isEqualTo(Sha256.of(file)).hasSize(64);
  }

  @Test
  void viewsAreMadeRowMajor() throws IOException {
    Checkpoint checkpoint =
        read(oneTensor("FloatStorage", 7, 1, shape(2, 3), 1, 2).floats("0", 9, 0, 1, 2, 3, 4, 5));
    Tensor tensor = checkpoint.parameters().get("w");
    assertThat(tensor.shape()).containsExactly(2, 3);
    assertThat(tensor.floats()).containsExactly(0, 2, 4, 1, 3, 5);
    Checkpoint sliced =
        read(oneTensor("FloatStorage", 4, 2, shape(1, 2), 9, 1).floats("0", 1, 2, 3, 4));
    assertThat(sliced.parameters().get("w").floats()).containsExactly(3, 4);
    Checkpoint empty = read(oneTensor("FloatStorage", 0, 0, shape(0, 3), 3, 1).floats("0"));
    assertThat(empty.parameters().get("w").floats()).isEmpty();
  }

  private static ArchiveWriter quantised(PickleWriter pickle) {
    return ArchiveWriter.of(pickle.raw(0x89).op('N').op('t').op('R').end().stop());
  }

  private static PickleWriter qtensor(String type, long held, long[] shape, long... strides) {
    return net()
        .text("w")
        .global("torch._utils", "_rebuild_qtensor")
        .op('(')
        .storage(type, "0", held)
        .number(0)
        .numbers(shape)
        .numbers(strides);
  }

  @Test
  void quantisedPerTensor() throws IOException {
    PickleWriter pickle = qtensor("QUInt8Storage", 3, shape(3), 1);
    pickle.op('(').global("torch", "per_tensor_affine").real(0.5).number(128).op('t');
    Checkpoint checkpoint = read(quantised(pickle).storage("0", (byte) 0, (byte) 128, (byte) 255));
    assertThat(checkpoint.parameters().get("w").floats()).containsExactly(-64, 0, 63.5f);
    assertThat(checkpoint.parameters().get("w").type()).isEqualTo(ElementType.FLOAT32);
  }

  @Test
  void quantisedPerChannel() throws IOException {
    PickleWriter pickle = qtensor("QInt8Storage", 6, shape(2, 3), 3, 1);
    pickle.op('(').global("torch", "per_channel_affine").vector("DoubleStorage", "s", 2);
    pickle.vector("LongStorage", "z", 2).number(0).op('t');
    ArchiveWriter archive =
        quantised(pickle)
            .storage("0", new byte[] {-1, 0, 1, 2, -128, 127})
            .doubles("s", 0.5, 2)
            .longs("z", 0, 2);
    assertThat(read(archive).parameters().get("w").floats())
        .containsExactly(-0.5f, 0, 0.5f, 0, -260, 250);
    refused(archive.doubles("s", 0.5, Double.NaN), "w: a quantiser with the scale NaN");
  }

  @Test
  void aQuantiserMustFitItsTensor() throws IOException {
    PickleWriter pickle = qtensor("QInt8Storage", 6, shape(2, 3), 3, 1);
    pickle.op('(').global("torch", "per_channel_affine").vector("DoubleStorage", "s", 3);
    pickle.vector("LongStorage", "z", 3).number(0).op('t');
    refused(
        quantised(pickle).storage("0", new byte[6]).doubles("s", 1, 1, 1).longs("z", 0, 0, 0),
        "for 2 channels");
    PickleWriter none = qtensor("QInt8Storage", 6, shape(2, 3), 3, 1).op('N');
    refused(quantised(none).storage("0", new byte[6]), "expected a tuple");
    PickleWriter plain = qtensor("FloatStorage", 6, shape(2, 3), 3, 1);
    plain.op('(').global("torch", "per_tensor_affine").real(0.5).number(0).op('t');
    refused(quantised(plain), "of a storage that is not quantised");
  }

  @Test
  void packedLayersBecomeWeightAndBias() throws IOException {
    PickleWriter pickle = net().text("conv").global("__torch__.torch.nn.quantized", "Conv2d");
    pickle.op(')').raw(0x81).op('(').number(1).number(1).numbers(1, 1).numbers(2, 2);
    pickle.numbers(1, 1).numbers(1, 1).raw(0x89).numbers(0, 0).number(1).text("zeros");
    pickle.global("torch._utils", "_rebuild_qtensor").op('(').storage("QInt8Storage", "0", 1);
    pickle.number(0).numbers(1, 1, 1, 1).numbers(1, 1, 1, 1);
    pickle.op('(').global("torch", "per_tensor_affine").real(0.5).number(0).op('t');
    pickle.raw(0x89).op('N').op('t').op('R').vector("FloatStorage", "1", 1);
    pickle.real(0.25).number(3).raw(0x89).op('t').op('b');
    pickle.text("score").module("Linear").text("_packed_params");
    pickle.global("__torch__.torch.nn.quantized", "LinearPackedParams").op(')').raw(0x81);
    pickle.op('(').vector("FloatStorage", "1", 1).op('N').raw(0x89).number(12).op('t').op('b');
    ArchiveWriter archive =
        ArchiveWriter.of(pickle.end().end().stop()).storage("0", (byte) 4).floats("1", 9);
    Checkpoint checkpoint = read(archive);
    assertThat(checkpoint.parameters().keySet())
        .containsExactly("conv.weight", "conv.bias", "score.weight");
    assertThat(checkpoint.parameters().get("conv.weight").floats()).containsExactly(2);
    assertThat(checkpoint.geometry())
        .containsEntry(
            "conv",
            new Geometry(
                List.of(2L, 2L), List.of(1L, 1L), List.of(1L, 1L), List.of(0L, 0L), 1, false));
    assertThat(checkpoint.activations()).containsEntry("conv", new Quantisation(0.25, 3));
    assertThat(checkpoint.describe())
        .contains("conv.weight")
        .contains("FLOAT32 [1, 1, 1, 1]")
        .contains("stride [2, 2] padding [1, 1]");
  }

  @Test
  void aModuleStateThatIsNotUnderstoodIsNotSkipped() throws IOException {
    PickleWriter pickle = net().text("odd").global("__torch__", "Odd").op(')').raw(0x81);
    refused(
        ArchiveWriter.of(pickle.numbers(1, 2).op('b').end().stop()),
        "the state of odd",
        "__torch__.Odd");
  }

  @Test
  void sizesAreCheckedBeforeMemoryIsTaken() throws IOException {
    long huge = 1L << 40;
    refused(
        oneTensor("FloatStorage", huge, 0, shape(huge), 1).floats("0", 1),
        "w: storage 0 has 4 bytes");
    refused(
        oneTensor("FloatStorage", 1, 0, shape(huge), 0).floats("0", 1), "does not fit its storage");
    refused(
        oneTensor("FloatStorage", 1, 0, shape(huge, huge, huge), 0, 0, 0).floats("0", 1),
        "more elements than can be counted");
    refused(
        oneTensor("FloatStorage", 4, 1, shape(2, 2), 2, 1).floats("0", 1, 2, 3, 4),
        "does not fit its storage 0 of 4 elements");
    refused(oneTensor("FloatStorage", 4, -1, shape(2), 1).floats("0", 1, 2, 3, 4), "does not fit");
    refused(oneTensor("FloatStorage", 4, 0, shape(2), -1).floats("0", 1, 2, 3, 4), "strides [-1]");
    refused(oneTensor("FloatStorage", 4, 0, shape(2), 1, 1).floats("0", 1, 2, 3, 4), "2 strides");
    refused(
        oneTensor("FloatStorage", Long.MAX_VALUE, 0, shape(1), 1).floats("0", 1),
        "storage 0 has 4 bytes, expected 9223372036854775807 elements");
    refused(
        oneTensor("DoubleStorage", 2, 0, shape(2), 1).floats("0", 1, 2),
        "expected 2 elements of FLOAT64");
    refused(oneTensor("FloatStorage", 2, 0, shape(2), 1), "lacks the entry m/data/0");
  }

  @Test
  void oneStorageManyTimesIsNoWayToEatMemory() throws IOException {
    PickleWriter pickle = net();
    for (int i = 0; i < 2_000; i++) {
      pickle.text("w" + i).vector("FloatStorage", "0", 100_000);
    }
    refused(
        ArchiveWriter.of(pickle.end().stop()).floats("0", new float[100_000]),
        "asks for more memory");
  }

  @Test
  void aTreeThatIsNoTreeComesToAnEnd() throws IOException {
    PickleWriter self = new PickleWriter().global("__torch__", "Net").op(')').raw(0x81, 'q', 0);
    self.op('}').op('(').text("again").raw('h', 0).op('u').op('b');
    refused(ArchiveWriter.of(self.stop()), "nested deeper than 100 levels");
    PickleWriter selves = new PickleWriter().global("__torch__", "Net").op(')').raw(0x81, 'q', 0);
    selves.op('}').op('(');
    for (int i = 0; i < 20_000; i++) {
      selves.text("s" + i).raw('h', 0);
    }
    refused(ArchiveWriter.of(selves.op('u').op('b').stop()), "nested deeper than 100 levels");
    PickleWriter doubling = net().text("a").op(')');
    for (int i = 0; i < 60; i++) {
      doubling.raw('q', i, 'h', i, 0x86);
    }
    refused(ArchiveWriter.of(doubling.end().stop()), "or without end");
  }

  @ParameterizedTest
  @ValueSource(strings = {"../../evil", "/etc/passwd", "m/../../x", "m\\..\\x", "C:x", "m/a\nb"})
  void namesThatLeadOutAreRefused(String name) throws IOException {
    refused(
        oneTensor("FloatStorage", 1, 0, shape(1), 1).floats("0", 1).entry(name, new byte[1]),
        "leads out of the archive");
    try (var left = Files.list(folder)) {
      assertThat(left).containsExactly(file);
    }
  }

  @Test
  void theArchiveMustBeWhole() throws IOException {
    Path whole = oneTensor("FloatStorage", 3, 0, shape(3), 1).floats("0", 1, 2, 3).write(file);
    byte[] bytes = Files.readAllBytes(whole);
    for (int length = 0; length < bytes.length; length++) {
      Files.write(file, Arrays.copyOf(bytes, length));
      refused("model.pt");
    }
    Files.write(file, Arrays.copyOf(bytes, bytes.length / 2));
    refused("the zip archive is damaged or incomplete");
    int value = indexOf(bytes, new byte[] {0, 0, (byte) 0x80, 0x3f, 0, 0, 0, 0x40});
    bytes[value] ^= 1;
    Files.write(file, bytes);
    refused("entry m/data/0 is damaged");
  }

  private static int indexOf(byte[] in, byte[] what) {
    for (int i = 0; ; i++) {
      if (Arrays.equals(in, i, i + what.length, what, 0, what.length)) {
        return i;
      }
    }
  }

  private static ArchiveWriter saved(PickleWriter pickle) {
    return ArchiveWriter.of(pickle.stop()).without("m/constants.pkl").floats("0", 1, 2, 3);
  }

  private static PickleWriter stateDict() {
    return new PickleWriter()
        .global("collections", "OrderedDict")
        .op(')')
        .op('R')
        .op('(')
        .text("backbone.w")
        .vector("FloatStorage", "0", 3)
        .text("b")
        .tensor("FloatStorage", "0", 3, 2, shape(1), shape(1))
        .endDict();
  }

  @Test
  void aStateDictOfTorchSave() throws IOException {
    PickleWriter notes = stateDict().dict().text("_metadata").dict().endDict().endDict().op('b');
    Checkpoint bare = read(saved(notes));
    assertThat(bare.parameters().keySet()).containsExactly("backbone.w", "b");
    assertThat(bare.parameters().get("backbone.w").floats()).containsExactly(1, 2, 3);
    assertThat(bare.parameters().get("b").floats()).containsExactly(3);
    PickleWriter whole = new PickleWriter().dict().text("model");
    whole.raw(stateDict().stop(), 2, 1).text("__author__").text("us");
    whole.text("matching_heuristics").raw(0x88).endDict();
    assertThat(read(saved(whole)).parameters().keySet()).containsExactly("backbone.w", "b");
  }

  /** As Detectron2's trainer leaves it: model_final.pth. */
  @Test
  void whatATrainerNotesBesideTheModelIsLeftAlone() throws IOException {
    PickleWriter file = new PickleWriter().dict().text("model").raw(stateDict().stop(), 2, 1);
    file.text("optimizer").dict().text("state").dict().number(0).dict();
    file.text("momentum_buffer").vector("FloatStorage", "7", 1_000_000).endDict().endDict();
    file.text("param_groups").op(']').dict().text("lr").real(0.02).text("nesterov").raw(0x89);
    file.text("foreach").op('N').text("params").op(']').number(0).op('a').endDict().op('a');
    file.endDict().text("scheduler").dict().text("base_lrs").op(']').real(0.02).op('a');
    file.text("last_epoch").number(90_000).endDict().text("iteration").number(89_999);
    assertThat(read(saved(file.endDict())).parameters().keySet())
        .containsExactly("backbone.w", "b");
  }

  @Test
  void anObjectBesideTheModelIsRefusedWithWhatHelps() throws IOException {
    PickleWriter file = new PickleWriter().dict().text("model").raw(stateDict().stop(), 2, 1);
    file.text("scheduler").global("detectron2.solver", "WarmupLR").op(')').op('R').endDict();
    WeightsStore.Found found = new WeightsStore.Found(saved(file).write(this.file), "00");
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> CheckpointLoader.read(found, "model.weights"))
        .withMessageContaining("detectron2.solver.WarmupLR")
        .withMessageContaining("refused, not run. If you trust the file, save its weights alone")
        .withMessageNotContaining("Fetch the file again");
  }

  @Test
  void whatIsNoStateDictIsRefused() throws IOException {
    refused(saved(net().end()), "the checkpoint is an instance of __torch__.Net");
    refused(saved(new PickleWriter().dict().endDict()), "no parameters at all");
    refused(
        saved(new PickleWriter().dict().text("a").number(3).endDict()),
        "a is a value of kind Int, expected a tensor");
    refused(
        saved(new PickleWriter().dict().text("model").number(3).endDict()),
        "its model is a value of kind Int");
    refused(
        saved(stateDict().dict().text("other").number(1).endDict().op('b')),
        "gives state to a value of kind Dictionary");
  }

  @Test
  void otherFilesAreToldApart() throws IOException {
    Files.writeString(file, "version https://git-lfs.github.com/spec/v1");
    refused("no checkpoint of a known format");
    Files.delete(file);
    refused("there is no such file");
    refused(new ArchiveWriter(), "without data.pkl");
    refused(
        oneTensor("FloatStorage", 1, 0, shape(1), 1).entry("n/data.pkl", new byte[1]),
        "two entries data.pkl");
    refused(
        oneTensor("FloatStorage", 1, 0, shape(1), 1).entry("m/byteorder", "big".getBytes("ASCII")),
        "not little-endian");
    refused(ArchiveWriter.of(net().end().stop()), "no parameters at all");
    refused(ArchiveWriter.of(new PickleWriter().op('N').stop()), "expected a module");
    refused(
        ArchiveWriter.of(new PickleWriter().global("os", "system").stop()),
        "m/data.pkl",
        "os.system");
  }
}
