package dev.millrace.components.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.millrace.components.checkpoint.Pickled.Dictionary;
import dev.millrace.components.checkpoint.Pickled.Instance;
import dev.millrace.components.checkpoint.Pickled.Int;
import dev.millrace.components.checkpoint.Pickled.Real;
import dev.millrace.components.checkpoint.Pickled.Sequence;
import dev.millrace.components.checkpoint.Pickled.Text;
import dev.millrace.components.checkpoint.Pickled.Tuple;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UnpicklerTest {

  private static Pickled load(byte[] pickle) {
    return new Unpickler(Run.of(ByteBuffer.wrap(pickle)), new TorchVocabulary()).load();
  }

  private static void refused(byte[] pickle, String... words) {
    assertThatExceptionOfType(CheckpointException.class)
        .isThrownBy(() -> load(pickle))
        .satisfies(e -> assertThat(e.getMessage()).contains(words));
  }

  private static PickleWriter pickle() {
    return new PickleWriter();
  }

  @Test
  void plainValues() {
    byte[] pickle =
        pickle()
            .op('(')
            .number(-3)
            .raw('K', 200, 'M', 0x34, 0x12, 'J')
            .int32(-7)
            .raw(0x8a, 1, 0xff, 0x8a, 0)
            .real(0.25)
            .text("wörter")
            .raw(0x88, 0x89, 'N')
            .bytes((byte) 1, (byte) -1)
            .raw('C', 1, 7)
            .op('t')
            .stop();
    assertThat(load(pickle))
        .isEqualTo(
            new Tuple(
                List.of(
                    new Int(-3),
                    new Int(200),
                    new Int(0x1234),
                    new Int(-7),
                    new Int(-1),
                    new Int(0),
                    new Real(0.25),
                    new Text("wörter"),
                    new Pickled.Bool(true),
                    new Pickled.Bool(false),
                    Pickled.None.NONE,
                    new Pickled.Bytes(Run.of(ByteBuffer.wrap(new byte[] {1, -1}))),
                    new Pickled.Bytes(Run.of(ByteBuffer.wrap(new byte[] {7}))))));
  }

  @Test
  void containersAndMemory() {
    byte[] pickle =
        pickle()
            .op('}')
            .raw('q', 0)
            .op('(')
            .text("a")
            .op(']')
            .op('(')
            .number(1)
            .raw('h', 0)
            .op('e')
            .op('u')
            .stop();
    Dictionary dictionary = (Dictionary) load(pickle);
    Sequence list = (Sequence) dictionary.entries.get("a");
    assertThat(list.items).hasSize(2);
    assertThat(list.items.get(1)).isSameAs(dictionary);
  }

  @Test
  void aModuleIsALabelAndItsState() {
    Instance module = (Instance) load(pickle().module("Net").text("depth").number(2).end().stop());
    assertThat(module.type).hasToString("__torch__.Net");
    assertThat(((Dictionary) module.state).entries).containsEntry("depth", new Int(2));
  }

  @ParameterizedTest
  @CsvSource({
    "os, system",
    "posix, system",
    "builtins, eval",
    "__builtin__, exec",
    "subprocess, Popen",
    "torch, load",
    "torch._utils, _rebuild_sparse_tensor",
    "collections, Counters",
    "argparse, ArgumentParser",
    "torch.serialization, _get_layout",
    "java.lang.Runtime, getRuntime",
    "collections, defaultdict",
    "__torch__evil, Module",
    "numpy.core.multiarray, _reconstruct"
  })
  void namesOffTheListAreRefusedByName(String module, String name) {
    byte[] reduce =
        pickle().global(module, name).op('(').text("touch /tmp/owned").op('t').op('R').stop();
    refused(reduce, module + "." + name, "refused");
    byte[] stackGlobal = pickle().text(module).text(name).raw(0x93).stop();
    refused(stackGlobal, module + "." + name, "refused");
  }

  @Test
  void allowedNamesCannotBeCalledForSomethingElse() {
    refused(pickle().global("__torch__", "Net").op(')').op('R').stop(), "calls __torch__.Net");
    refused(pickle().global("torch", "FloatStorage").op(')').op('R').stop(), "torch.FloatStorage");
    refused(
        pickle().global("collections", "OrderedDict").op(')').raw(0x81).stop(),
        "makes an instance of collections.OrderedDict");
    refused(
        pickle().global("__torch__", "Net").numbers(1).raw(0x81).stop(), "makes an instance of");
    refused(
        pickle().global("collections", "OrderedDict").numbers(1).op('R').stop(),
        "OrderedDict with arguments");
  }

  @ParameterizedTest
  @ValueSource(strings = {"i", "o", "P", "S", "I", "L", "V", "p", "g", "0", "2", "F"})
  void opcodesThatCheckpointsDoNotNeedAreRefused(String opcode) {
    refused(
        pickle().op(opcode.charAt(0)).text("x").stop(),
        String.format("opcode 0x%02x '%s'", (int) opcode.charAt(0), opcode));
  }

  @ParameterizedTest
  @ValueSource(ints = {0x82, 0x83, 0x84, 0x8b, 0x8f, 0x90, 0x92, 0x96, 0x97, 0xff})
  void unprintableOpcodesAreRefused(int opcode) {
    refused(pickle().raw(opcode, 1, 1).stop(), String.format("opcode 0x%02x is", opcode));
  }

  /** Of two values one would win without a word. */
  @Test
  void aNameTwiceInADictionaryIsRefused() {
    PickleWriter twice = pickle().dict().text("w").number(1).text("w").number(2).endDict();
    refused(twice.stop(), "two entries named 'w' in one dictionary");
    PickleWriter later = pickle().dict().text("w").number(1).endDict().text("w").op('N').op('s');
    refused(later.stop(), "two entries named 'w' in one dictionary");
  }

  /** Python 2's are bytes as well, and a long one is no name. */
  @Test
  void textsThatAreNotDecodedYet() {
    byte[] old = pickle().dict().old("n\u00e4me").number(1).endDict().stop();
    assertThat(((Dictionary) load(old)).entries).containsEntry("n\u00e4me", new Int(1));
    String large = "\u00e4".repeat(5_000);
    Pickled.LongText text = (Pickled.LongText) load(pickle().text(large).stop());
    assertThat(StandardCharsets.UTF_8.decode(text.utf8().bytes()).toString()).isEqualTo(large);
    assertThat(load(pickle().raw(0x8e, 1, 0, 0, 0, 0, 0, 0, 0, 7).stop()))
        .isEqualTo(new Pickled.Bytes(Run.of(ByteBuffer.wrap(new byte[] {7}))));
    assertThat(load(pickle().raw(0x8d, 1, 0, 0, 0, 0, 0, 0, 0, 'x').stop()))
        .isEqualTo(new Text("x"));
    refused(pickle().text(large).text("name").raw(0x93).stop(), "expected a text");
    refused(pickle().dict().old(large).op('N').endDict().stop(), "expected a text");
    refused(
        pickle().raw(0x8e, 0, 0, 0, 0, 0, 0, 0, 0x80).stop(), "a length of 9223372036854775808");
    refused(pickle().raw(0x8d, 9, 0, 0, 0, 0, 0, 0, 0).stop(), "it ends in the middle");
  }

  @Test
  void stateIsForModulesOnly() {
    refused(pickle().op('}').op('}').op('b').stop(), "gives state to", "Dictionary");
    refused(pickle().global("torch", "FloatStorage").op('}').op('b').stop(), "gives state to");
    refused(
        pickle().module("Net").end().op('}').op('b').stop(),
        "gives state to",
        "__torch__.Net twice");
  }

  @Test
  void persistentIdsAreStoragesOnly() {
    refused(pickle().text("/etc/passwd").op('Q').stop(), "expected a tuple");
    refused(pickle().numbers(1, 2, 3, 4, 5).op('Q').stop(), "a persistent id that is not");
    refused(pickle().storage("FloatStorage", "../../etc/passwd", 1).stop(), "no plain word");
    refused(pickle().storage("FloatStorage", "1", -1).stop(), "expected an integer, found -1");
    refused(
        pickle()
            .op('(')
            .text("storage")
            .global("__torch__", "FloatStorage")
            .text("0")
            .text("cpu")
            .number(1)
            .op('t')
            .op('Q')
            .stop(),
        "which is none of PyTorch's");
    refused(pickle().storage("ComplexFloatStorage", "0", 1).stop(), "torch.ComplexFloatStorage");
  }

  @Test
  void anOpcodeWithoutItsOperandsIsRefused() {
    for (String opcodes : List.of(".", "t", "e", "u", "a", "s", "R", "b", "Q", "(.", "(b", "N(b")) {
      PickleWriter pickle = pickle();
      opcodes.chars().forEach(pickle::raw);
      refused(pickle.stop(), "byte", "lacks");
    }
    refused(pickle().op('N').op('N').stop(), "more than one value");
    refused(pickle().raw('h', 3).stop(), "never remembered");
    refused(pickle().op('}').op('(').text("a").op('u').stop(), "a key that has no value");
    refused(pickle().op('}').op(']').op('N').op('s').stop(), "expected a text");
    refused(pickle().op('N').op('N').op('a').stop(), "expected a list");
  }

  @Test
  void deepNestingCostsNoStack() {
    PickleWriter marks = pickle();
    PickleWriter tuples = pickle().op(')');
    for (int i = 0; i < 200_000; i++) {
      marks.op('(');
      tuples.raw(0x85);
    }
    refused(marks.stop(), "nested deeper than 1000 levels");
    assertThat(load(tuples.stop())).isInstanceOf(Tuple.class);
    PickleWriter lists = pickle().op('(');
    for (int i = 0; i < 3_000_000; i++) {
      lists.op(']');
    }
    refused(lists.op('t').stop(), "more than 2097152 values");
  }

  /** An opcode of one byte that fills a map, while the stack stays as it is. */
  @Test
  void rememberingCountsToo() {
    PickleWriter pickle = pickle().op('N');
    for (int i = 0; i < 2_100_000; i++) {
      pickle.raw(0x94);
    }
    refused(pickle.stop(), "more than 2097152 values");
  }

  @Test
  void lengthsAreCheckedBeforeTheyAreBelieved() {
    refused(pickle().op('X').int32(Integer.MAX_VALUE).stop(), "it ends in the middle", "bytes");
    refused(pickle().op('X').int32(-1).stop(), "4294967295");
    refused(pickle().op('N').op('r').int32(-1).stop(), "4294967295");
    refused(pickle().raw(0x8a, 9, 1, 1, 1, 1, 1, 1, 1, 1, 1).stop(), "an integer of 9 bytes");
    refused(pickle().raw(0x80, 9).stop(), "pickle protocol 9");
    refused(pickle().op('X').int32(1).raw(0xff).stop(), "not UTF-8");
    refused(
        pickle().op('c').raw("x".repeat(9000).getBytes(StandardCharsets.US_ASCII)).stop(),
        "a name longer than");
  }

  @Test
  void everyTruncationIsToldInWords() {
    byte[] whole =
        pickle()
            .module("Net")
            .text("w")
            .vector("FloatStorage", "0", 3)
            .text("s")
            .real(1.5)
            .end()
            .stop();
    assertThat(load(whole)).isInstanceOf(Instance.class);
    for (int length = 0; length < whole.length; length++) {
      refused(Arrays.copyOf(whole, length), "it ends in the middle of a value");
    }
  }
}
