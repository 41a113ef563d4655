package dev.millrace.components.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Detectron2's pickles: what is read, and what is refused before anything is allocated or run. */
class NumpyPickleReaderTest {

  @TempDir Path folder;
  private Path file;

  @BeforeEach
  void name() {
    file = folder.resolve("model_final.pkl");
  }

  private Checkpoint read(PickleWriter pickle) throws IOException {
    return Checkpoints.read(Files.write(file, pickle.stop()));
  }

  private void refused(PickleWriter pickle, String... words) throws IOException {
    Files.write(file, pickle.stop());
    refused(words);
  }

  private void refused(String... words) {
    assertThatExceptionOfType(CheckpointException.class)
        .isThrownBy(() -> Checkpoints.read(file))
        .satisfies(e -> assertThat(e.getMessage()).contains(file.toString()).contains(words));
  }

  private static byte[] floats(float... values) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return bytes.array();
  }

  private static long[] shape(long... lengths) {
    return lengths;
  }

  /** A checkpoint of one value, written by {@code value}. */
  private static PickleWriter one(UnaryOperator<PickleWriter> value) {
    PickleWriter pickle = new PickleWriter().dict().text("model").dict().text("w");
    return value.apply(pickle).endDict().endDict();
  }

  private static PickleWriter one(String type, long[] shape, byte... bytes) {
    return one(p -> p.array(type, shape, false, bytes));
  }

  @Test
  void arraysUnderTheirNames() throws IOException {
    PickleWriter pickle = new PickleWriter().dict().text("model").dict();
    pickle.text("backbone.w").array("f4", shape(2, 3), false, floats(0, 1, 2, 3, 4, 5));
    pickle.text("n").array("i8", shape(), false, new byte[] {5, 0, 0, 0, 0, 0, 0, 0});
    pickle.text("empty").array("f4", shape(0, 4), false);
    pickle.endDict().text("__author__").text("us").text("matching_heuristics").raw(0x88);
    Checkpoint checkpoint = read(pickle.endDict());
    assertThat(checkpoint.parameters().keySet()).containsExactly("backbone.w", "n", "empty");
    Tensor w = checkpoint.parameters().get("backbone.w");
    assertThat(w.shape()).containsExactly(2, 3);
    assertThat(w.floats()).containsExactly(0, 1, 2, 3, 4, 5);
    assertThat(checkpoint.parameters().get("n").longs()).containsExactly(5);
    assertThat(checkpoint.parameters().get("empty").floats()).isEmpty();
    assertThat(checkpoint.sha256()).isEqualTo(Sha256.of(file));
    assertThat(checkpoint.geometry()).isEmpty();
  }

  @Test
  void withoutAModelTheDictionaryIsTheModel() throws IOException {
    PickleWriter pickle = new PickleWriter().dict().text("w");
    assertThat(read(pickle.array("f4", shape(1), false, floats(7)).endDict()).parameters())
        .containsOnlyKeys("w");
  }

  @Test
  void columnMajorArraysBecomeRowMajor() throws IOException {
    Checkpoint checkpoint =
        read(one(p -> p.array("f4", shape(2, 3), true, floats(0, 10, 1, 11, 2, 12))));
    assertThat(checkpoint.parameters().get("w").floats()).containsExactly(0, 1, 2, 10, 11, 12);
    Checkpoint cube =
        read(
            one(
                p ->
                    p.array(
                        "u1",
                        shape(2, 2, 2),
                        true,
                        (byte) 0,
                        (byte) 4,
                        (byte) 2,
                        (byte) 6,
                        (byte) 1,
                        (byte) 5,
                        (byte) 3,
                        (byte) 7)));
    assertThat(cube.parameters().get("w").longs()).containsExactly(0, 1, 2, 3, 4, 5, 6, 7);
  }

  @ParameterizedTest
  @CsvSource({
    "f4, FLOAT32, 4",
    "f8, FLOAT64, 8",
    "f2, FLOAT16, 2",
    "i8, INT64, 8",
    "i4, INT32, 4",
    "i2, INT16, 2",
    "i1, INT8, 1",
    "u1, UINT8, 1",
    "b1, BOOL, 1"
  })
  void typesOfElements(String type, ElementType element, int width) throws IOException {
    Tensor tensor = read(one(type, shape(2), new byte[2 * width])).parameters().get("w");
    assertThat(tensor.type()).isEqualTo(element);
    refused(one(type, shape(2), new byte[2 * width - 1]), "by its shape has");
  }

  /** As Python 3 writes protocol 2: as texts with a character for each byte. */
  @Test
  void bytesThatAreTexts() throws IOException {
    byte[] all = new byte[256];
    for (int i = 0; i < all.length; i++) {
      all[i] = (byte) i;
    }
    UnaryOperator<PickleWriter> encoded = p -> p.encoded(all);
    Tensor tensor = read(one(p -> p.array("u1", shape(256), encoded))).parameters().get("w");
    assertThat(tensor.data()).isEqualTo(ByteBuffer.wrap(all));
    byte[] many = new byte[40_000];
    Arrays.fill(many, (byte) 0xc3);
    tensor =
        read(one(p -> p.array("f4", shape(100, 100), q -> q.encoded(many)))).parameters().get("w");
    assertThat(tensor.data()).isEqualTo(ByteBuffer.wrap(many));
    tensor =
        read(one(p -> p.array("f4", shape(2), q -> q.old(floats(3, 4))))).parameters().get("w");
    assertThat(tensor.floats()).containsExactly(3, 4);
    UnaryOperator<PickleWriter> none = p -> p.global("__builtin__", "bytes").op(')').op('R');
    tensor = read(one(p -> p.array("f4", shape(0), none))).parameters().get("w");
    assertThat(tensor.floats()).isEmpty();
  }

  @Test
  void textsThatAreNotBytesAreRefused() throws IOException {
    UnaryOperator<PickleWriter> euro =
        p ->
            p.global("_codecs", "encode")
                .op('(')
                .text("\u20ac\u20ac")
                .text("latin1")
                .op('t')
                .op('R');
    refused(one(p -> p.array("u1", shape(4), euro)), "not bytes in Latin-1");
    refused(one(p -> p.array("u1", shape(7), euro)), "7 bytes by its shape has 6");
    refused(one(p -> p.array("u1", shape(2), q -> q.encoded(new byte[3]))), "2 bytes by its shape");
    refused(
        one(p -> p.array("u1", shape(3), q -> q.old(new byte[2]))), "3 bytes by its shape has 2");
    refused(
        one(p -> p.global("_codecs", "encode").op('(').text("x").text("rot13").op('t').op('R')),
        "_codecs.encode of something else than a text to latin1");
    refused(
        one(p -> p.global("__builtin__", "bytes").numbers(1 << 30).op('R')), "calls __builtin__");
  }

  /** One text, of which a small file has many arrays. */
  @Test
  void oneTextManyTimesIsNoWayToEatMemory() throws IOException {
    PickleWriter pickle = new PickleWriter().dict();
    pickle.text("w0").emptyArray().op('(').number(1).numbers(8_000).dtype("u1", "|");
    pickle.raw('q', 1, 0x89).encoded(new byte[8_000]).raw('q', 2).op('t').op('b');
    for (int i = 1; i < 50; i++) {
      pickle.text("w" + i).emptyArray().op('(').number(1).numbers(8_000).raw('h', 1);
      pickle.raw(0x89, 'h', 2).op('t').op('b');
    }
    refused(pickle.endDict(), "asks for more memory (8000 bytes)");
  }

  /** What is beside the model may be anything of the kind; its bytes are not even decoded. */
  @Test
  void whatIsBesideTheModelIsNotRead() throws IOException {
    PickleWriter pickle = new PickleWriter().dict().text("model").dict();
    pickle.text("w").array("f4", shape(1), false, floats(7)).endDict().text("optimizer").dict();
    pickle.text("m").emptyArray().op('(').number(1).numbers(2).dtype("u1", "|").raw(0x89);
    pickle.global("_codecs", "encode").op('(').text("\u20ac").text("latin1").op('t').op('R');
    pickle.op('t').op('b').endDict().text("iteration").number(9).endDict();
    assertThat(read(pickle).parameters()).containsOnlyKeys("w");
  }

  @Test
  void otherTypesAreRefused() throws IOException {
    for (String type : new String[] {"O8", "c8", "U4", "V8", "f16", "M8", "S3"}) {
      refused(one(type, shape(1), new byte[8]), "elements of type '" + type + "'");
    }
    PickleWriter big = new PickleWriter().dict().text("w").dtype("f4", ">");
    refused(big.endDict(), "the byte order '>'", "little-endian");
    PickleWriter fields = new PickleWriter().dict().text("w").global("numpy", "dtype").op('(');
    fields.text("f4").raw(0x89, 0x88).op('t').op('R').op('(').number(3).text("<").op('N');
    fields.numbers(1).op('N').number(-1).number(-1).number(0).op('t').op('b').endDict();
    refused(fields, "a numpy type with fields");
  }

  @ParameterizedTest
  @CsvSource({
    "os, system",
    "posix, system",
    "builtins, eval",
    "builtins, getattr",
    "_codecs, decode",
    "numpy, load",
    "numpy.core.multiarray, scalar",
    "numpy.core.multiarray, frombuffer",
    "numpy.core.records, recarray",
    "numpy.testing._private.utils, runstring",
    "torch._utils, _rebuild_tensor_v2",
    "collections, OrderedDict",
    "__torch__, Net"
  })
  void namesOffTheListAreRefusedByName(String module, String name) throws IOException {
    refused(
        one(p -> p.global(module, name).op('(').text("touch /tmp/owned").op('t').op('R')),
        module + "." + name,
        "refused, not run");
    refused(one(p -> p.text(module).text(name).raw(0x93)), module + "." + name, "refused, not run");
  }

  @Test
  void allowedNamesCannotBeCalledForSomethingElse() throws IOException {
    refused(
        one(p -> p.global("numpy.core.multiarray", "_reconstruct").numbers(1).op('R')),
        "of something else than numpy.ndarray");
    refused(one(p -> p.global("numpy", "ndarray").numbers(1 << 30).op('R')), "calls numpy.ndarray");
    refused(
        one(p -> p.global("numpy", "ndarray").numbers(1 << 30).raw(0x81)),
        "makes an instance of numpy.ndarray");
    refused(one(p -> p.text("x").op('Q')), "something outside of it");
    refused(one(p -> p.op('}').op('}').op('b')), "gives state to");
  }

  @Test
  void shapesAreCheckedAgainstTheBytesThatAreThere() throws IOException {
    refused(one("f4", shape(1L << 40), floats(1)), "a numpy array of 4398046511104 bytes");
    refused(one("f4", shape(1L << 40, 1L << 40), floats(1)), "than can be counted");
    refused(one("f8", shape(1L << 61), floats(1)), "than can be counted");
    refused(one("f4", shape(-1), floats(1)), "a length that is no number");
    refused(one("f4", shape(new long[17]), floats(1)), "17 axes");
    refused(one("f4", shape(1), floats(1, 2)), "4 bytes by its shape has 8");
  }

  /** Copies of one run of bytes: a small file that would fill the memory. */
  @Test
  void oneArrayManyTimesIsNoWayToEatMemory() throws IOException {
    int side = 100;
    PickleWriter pickle = new PickleWriter().dict();
    pickle.text("w0").emptyArray().op('(').number(1).numbers(side, side).dtype("f4", "<");
    pickle.raw('q', 1).raw(0x88).bytes(new byte[4 * side * side]).raw('q', 2).op('t').op('b');
    for (int i = 1; i < 50; i++) {
      pickle.text("w" + i).emptyArray().op('(').number(1).numbers(side, side).raw('h', 1);
      pickle.raw(0x88).raw('h', 2).op('t').op('b');
    }
    refused(pickle.endDict(), "asks for more memory (40000 bytes)");
  }

  @Test
  void stateComesOnceAndWhole() throws IOException {
    refused(one(PickleWriter::emptyArray), "w is a value of kind Array, expected a tensor");
    refused(
        one(p -> p.array("f4", shape(1), false, floats(1)).op('(').op('t').op('b')),
        "gives state to a value of kind Array");
    refused(one(p -> p.emptyArray().numbers(1, 2).op('b')), "state is not understood");
    refused(one(p -> p.dtype("f4", "<").numbers(1, 2).op('b')), "gives state to a value of kind");
    PickleWriter noOrder = new PickleWriter().dict().text("w").emptyArray().op('(').number(1);
    noOrder.numbers(1).global("numpy", "dtype").op('(').text("f4").op('t').op('R');
    refused(
        noOrder.raw(0x89).bytes(floats(1)).op('t').op('b').endDict(), "state is not understood");
  }

  @Test
  void everyTruncationIsToldInWords() throws IOException {
    byte[] whole = one("f4", shape(2), floats(1, 2)).stop();
    for (int length = 8; length < whole.length; length++) {
      Files.write(file, Arrays.copyOf(whole, length));
      refused("it ends in the middle of a value");
    }
  }

  @Test
  void otherPicklesAreToldApart() throws IOException {
    Files.write(file, new byte[] {(byte) 0x80, 5, '}', '.', 0, 0, 0, 0});
    refused("pickle protocol 5, 4 at most expected");
    Files.write(file, new byte[] {(byte) 0x80, 1, '}', '.', 0, 0, 0, 0});
    refused("no checkpoint of a known format", "Detectron2 pickle of numpy arrays");
  }
}
