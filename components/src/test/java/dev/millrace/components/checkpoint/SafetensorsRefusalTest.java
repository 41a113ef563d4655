package dev.millrace.components.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is no safetensors file is refused in words, before anything is made of its size. */
class SafetensorsRefusalTest {

  private static final String GOOD = "'dtype':'F32','shape':[2],'data_offsets':[0,8]";

  @TempDir Path folder;

  private Path file(long length, byte[] header, int data) throws IOException {
    return Files.write(
        folder.resolve("model.safetensors"),
        ByteBuffer.allocate(8 + header.length + data)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(length)
            .put(header)
            .array());
  }

  /** The refusal of a file; what it takes of memory is measured. */
  private static void refused(Path file, String message) {
    com.sun.management.ThreadMXBean memory =
        (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = memory.getCurrentThreadAllocatedBytes();
    assertThatExceptionOfType(CheckpointException.class)
        .isThrownBy(() -> Safetensors.read(file))
        .withMessageStartingWith(file + ": ")
        .withMessageContaining(message)
        .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(600).doesNotContain("http"));
    assertThat(memory.getCurrentThreadAllocatedBytes() - before)
        .as("bytes allocated")
        .isLessThan(20_000_000);
  }

  static Stream<Arguments> headers() {
    String hole = "'a':{'dtype':'U8','shape':[2],'data_offsets':[0,2]},";
    return Stream.of(
        Arguments.of("{'a'}", "its header is no JSON of this format: Expected ':'"),
        Arguments.of("{'a':{'dtype':'F32'", "its header is no JSON of this format: End of input"),
        Arguments.of("{a:1}", "its header is no JSON of this format: malformed JSON at line 1"),
        Arguments.of("[1,2,3]", "its header does not begin with '{'"),
        Arguments.of(" {}", "its header does not begin with '{'"),
        Arguments.of("{}{}", "its header is no JSON of this format: malformed JSON"),
        Arguments.of("{}0", "its header is no JSON of this format: malformed JSON"),
        Arguments.of("{'a':1}", "no JSON of this format: Expected BEGIN_OBJECT but was NUMBER"),
        Arguments.of("{'a':null}", "no JSON of this format: Expected BEGIN_OBJECT but was NULL"),
        Arguments.of("{'a':{}}", "a: expected dtype, shape and two data_offsets, found others"),
        Arguments.of("{'a':{'dtype':'F32','shape':[2]}}", "a: expected dtype, shape and two"),
        Arguments.of(
            "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8,9]}}",
            "a: expected dtype, shape and two data_offsets"),
        Arguments.of("{'a':{" + GOOD + ",'more':1}}", "a: unknown key more"),
        Arguments.of("{'a':{" + GOOD + "},'a':{" + GOOD + "}}", "its header says twice $.a"),
        Arguments.of("{'a':{'dtype':'F64'," + GOOD + "}}", "its header says twice $.a.dtype"),
        Arguments.of("{'__metadata__':{'x':'1','x':'2'}}", "says twice $.__metadata__.x"),
        Arguments.of("{'__metadata__':{},'__metadata__':{}}", "says twice $.__metadata__"),
        Arguments.of("{'__metadata__':{'x':1}}", "expected a text at $.__metadata__.x, found NUM"),
        Arguments.of("{'__metadata__':{'x':{}}}", "expected a text at $.__metadata__.x, found BEG"),
        Arguments.of(
            "{'a':{'dtype':'F8_E4M3','shape':[8],'data_offsets':[0,8]}}",
            "a: expected a dtype of [BF16, BOOL, F16, F32, F64, I16, I32, I64, I8, U8], found"
                + " F8_E4M3"),
        Arguments.of(
            "{'a':{'dtype':4,'shape':[8],'data_offsets':[0,8]}}", "expected a text at $.a.dtype"),
        Arguments.of(
            "{" + hole + "'b':{'dtype':'U8','shape':[4],'data_offsets':[4,8]}}",
            "b begins at byte 4, where the tensor before ends at 2"),
        Arguments.of(
            "{" + hole + "'b':{'dtype':'U8','shape':[7],'data_offsets':[1,8]}}",
            "b begins at byte 1, where the tensor before ends at 2"),
        Arguments.of(
            "{" + hole + "'b':{'dtype':'U8','shape':[2],'data_offsets':[0,2]}}",
            "b begins at byte 0, where the tensor before ends at 2"),
        Arguments.of(
            "{'a':{'dtype':'U8','shape':[7],'data_offsets':[1,8]}}",
            "a begins at byte 1, where the tensor before ends at 0"),
        Arguments.of("{" + hole.substring(0, hole.length() - 1) + "}", "have 2 bytes, found 8"),
        Arguments.of("{}", "its tensors have 0 bytes, found 8 after the header"),
        Arguments.of(
            "{'a':{'dtype':'U8','shape':[9],'data_offsets':[0,9]}}", "have 9 bytes, found 8"),
        Arguments.of(
            "{'a':{'dtype':'F32','shape':[3],'data_offsets':[0,8]}}",
            "a: FLOAT32 [3] has 12 bytes, found the offsets 0 to 8"),
        Arguments.of(
            "{'a':{'dtype':'U8','shape':[1099511627776],'data_offsets':[0,1099511627776]}}",
            "a: 1099511627776 bytes; a tensor of less than 2 GiB is expected"),
        Arguments.of(
            "{'a':{'dtype':'F32','shape':[500000000],'data_offsets':[0,2000000000]}}",
            "its tensors have 2000000000 bytes, found 8 after the header"),
        Arguments.of(
            "{'a':{'dtype':'U8','shape':[4294967296,4294967296],'data_offsets':[0,0]}}",
            "a: a shape that cannot be: [4294967296, 4294967296]"),
        Arguments.of(
            "{'a':{'dtype':'F64','shape':[2305843009213693952],'data_offsets':[0,0]}}",
            "a: a shape that cannot be: [2305843009213693952]"),
        Arguments.of(
            "{'a':{'dtype':'U8','shape':[-8],'data_offsets':[0,8]}}",
            "a: a shape that cannot be: [-8]"),
        Arguments.of(
            "{'a':{'dtype':'U8','shape':[0,-8],'data_offsets':[0,0]}}",
            "a: a shape that cannot be: [0, -8]"),
        Arguments.of(
            "{'a':{'dtype':'U8','shape':[8],'data_offsets':[-8,0]}}",
            "a: UINT8 [8] has 8 bytes, found the offsets -8 to 0"),
        Arguments.of(
            "{'a':{'dtype':'U8','shape':[8],'data_offsets':[8,0]}}",
            "a: UINT8 [8] has 8 bytes, found the offsets 8 to 0"),
        Arguments.of(
            "{'a':{'dtype':'U8','shape':[8.0],'data_offsets':[0,8]}}",
            "expected a whole number at $.a.shape[0], found 8.0"),
        Arguments.of(
            "{'a':{'dtype':'U8','shape':['8'],'data_offsets':[0,8]}}",
            "at $.a.shape[0], found STRING"),
        Arguments.of(
            "{'a':{'dtype':'U8','shape':[99999999999999999999],'data_offsets':[0,8]}}",
            "at $.a.shape[0], found 99999999999999999999"),
        Arguments.of(
            "{'a':{'dtype':'U8','shape':[" + "1,".repeat(64) + "8],'data_offsets':[0,8]}}",
            "a list of more than 64 numbers"));
  }

  @ParameterizedTest
  @MethodSource("headers")
  void aHeaderThatIsNone(String header, String message) throws IOException {
    byte[] bytes = header.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    refused(file(bytes.length, bytes, 8), message);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{'a':", "{'a':{'shape':", "{'__metadata__':{'a':"})
  void aNestingBomb(String before) throws IOException {
    for (String open : new String[] {"[", "{\"dtype\":"}) {
      byte[] bytes =
          ((before.isEmpty() ? "{\"a\":" : before.replace('\'', '"')) + open.repeat(200_000))
              .getBytes(StandardCharsets.UTF_8);
      refused(file(bytes.length, bytes, 0), "xpected ");
    }
  }

  @Test
  void aHeaderThatIsNoUtf8() throws IOException {
    byte[] bytes = "{\"?\":{\"dtype\":1}}".getBytes(StandardCharsets.UTF_8);
    bytes[2] = (byte) 0xff;
    refused(file(bytes.length, bytes, 0), "its header is no UTF-8");
  }

  @Test
  void moreNamesThanAnyNetworkHas() throws IOException {
    StringBuilder tensors = new StringBuilder("{");
    StringBuilder texts = new StringBuilder("{\"__metadata__\":{");
    for (int i = 0; i <= 200_000; i++) {
      tensors.append('"').append(i).append("\":{\"dtype\":\"U8\",\"shape\":[0],");
      tensors.append("\"data_offsets\":[0,0]},");
      texts.append('"').append(i).append("\":\"\",");
    }
    for (StringBuilder many : List.of(tensors, texts)) {
      byte[] bytes = many.toString().getBytes(StandardCharsets.UTF_8);
      Path file = file(bytes.length, bytes, 0);
      assertThatExceptionOfType(CheckpointException.class)
          .isThrownBy(() -> Safetensors.read(file))
          .withMessageStartingWith(file + ": its header has more than 200000 names, up to $.")
          .withMessageEndingWith("200000");
    }
  }

  @Test
  void aHeaderIsNotCopiedOnceMore() throws IOException {
    byte[] bytes = ("{" + " ".repeat(12_000_000) + "\"a\":1}").getBytes(StandardCharsets.UTF_8);
    refused(file(bytes.length, bytes, 0), "Expected BEGIN_OBJECT but was NUMBER");
  }

  @Test
  void aHeaderThatEndsWithinACharacter() throws IOException {
    byte[] bytes = "{} \u20ac".getBytes(StandardCharsets.UTF_8);
    refused(file(bytes.length - 1, Arrays.copyOf(bytes, bytes.length - 1), 0), "is no UTF-8");
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 26, 1L << 40, Long.MAX_VALUE, Long.MIN_VALUE, -1})
  void aHeaderOfALengthThatCannotBe(long length) throws IOException {
    refused(
        file(length, "{}".getBytes(StandardCharsets.UTF_8), 23),
        "its header should have "
            + Long.toUnsignedString(length)
            + " bytes, in a file of 33; at most 100000000 are read");
  }

  @Test
  void aFileThatEndsTooEarly() throws IOException {
    Path file = folder.resolve("model.safetensors");
    Safetensors.write(file, Map.of("a", Tensor.of(new float[] {1, 2}, 2)), Map.of());
    byte[] whole = Files.readAllBytes(file);
    int header = whole.length - 8 - 8;
    for (int length = 0; length < whole.length; length++) {
      Files.write(file, Arrays.copyOf(whole, length));
      refused(
          file,
          length < 8
              ? "it ends before its header: " + length + " bytes"
              : length < 8 + header
                  ? "its header should have " + header + " bytes, in a file of " + length
                  : "its tensors have 8 bytes, found " + (length - 8 - header));
    }
  }

  @Test
  void aFileThatIsNotThere() {
    Path file = folder.resolve("absent.safetensors");
    assertThatExceptionOfType(CheckpointException.class)
        .isThrownBy(() -> Safetensors.read(file))
        .withMessage(file + " cannot be read: there is no such file");
  }
}
