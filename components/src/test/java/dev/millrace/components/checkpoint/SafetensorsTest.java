package dev.millrace.components.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.AbstractMap;
import java.util.Collection;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.FutureTask;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is written is read again, in bytes that the format's own readers know. */
class SafetensorsTest {

  @TempDir Path folder;

  private static Tensor random(ElementType type, long... shape) {
    byte[] bytes = new byte[Math.toIntExact(Tensor.elements(shape) * type.bytes())];
    new Random(bytes.length).nextBytes(bytes);
    return new Tensor(type, shape, ByteBuffer.wrap(bytes));
  }

  private static Map<String, Tensor> some() {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    tensors.put("b", Tensor.of(new float[] {1, -2}, 2));
    tensors.put("a", random(ElementType.UINT8, 3));
    return tensors;
  }

  private static void same(Map<String, Tensor> found, Map<String, Tensor> expected) {
    assertThat(found.keySet()).containsExactlyElementsOf(expected.keySet());
    expected.forEach(
        (name, tensor) -> {
          assertThat(found.get(name)).as(name).hasToString(tensor.toString());
          assertThat(found.get(name).data()).as(name).isEqualTo(tensor.data());
        });
  }

  private List<String> files() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @ParameterizedTest
  @EnumSource
  void everyTypeComesBack(ElementType type) {
    Path file = folder.resolve("model.safetensors");
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    tensors.put("z.weight", random(type, 2, 3, 5));
    tensors.put("scalar", random(type));
    tensors.put("empty", random(type, 4, 0, 2));
    tensors.put("a.\"quoted\"\nüß\u2028", random(type, 1));
    Safetensors.write(file, tensors, Map.of());
    same(Safetensors.read(file).tensors(), tensors);
    same(Checkpoints.read(file).parameters(), tensors);
  }

  /** As {@code safetensors.numpy.save} lays it out, spaces up to the data included. */
  @Test
  void theBytesAreTheFormats() throws IOException {
    Path file = folder.resolve("model.safetensors");
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    tensors.put("w", Tensor.of(new float[] {1, -2}, 1, 2));
    tensors.put(
        "n", new Tensor(ElementType.INT16, new long[0], ByteBuffer.wrap(new byte[] {1, 2})));
    Safetensors.write(file, tensors, Map.of("format", "pt"));
    String header =
        "{\"__metadata__\":{\"format\":\"pt\"},"
            + "\"w\":{\"dtype\":\"F32\",\"shape\":[1,2],\"data_offsets\":[0,8]},"
            + "\"n\":{\"dtype\":\"I16\",\"shape\":[],\"data_offsets\":[8,10]}}";
    int padded = (header.length() + 7) / 8 * 8;
    assertThat(padded).isGreaterThan(header.length());
    byte[] expected =
        ByteBuffer.allocate(8 + padded + 10)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(padded)
            .put((header + " ".repeat(padded - header.length())).getBytes(StandardCharsets.UTF_8))
            .put(HexFormat.of().parseHex("0000803f" + "000000c0" + "0102"))
            .array();
    assertThat(Files.readAllBytes(file)).isEqualTo(expected);
  }

  @Test
  void theDataBeginsAtAMultipleOfEight() throws IOException {
    for (int length = 1; length <= 9; length++) {
      Path file = folder.resolve("model.safetensors");
      Safetensors.write(file, Map.of("n".repeat(length), random(ElementType.UINT8, 3)), Map.of());
      byte[] bytes = Files.readAllBytes(file);
      assertThat((bytes.length - 3) % 8).isZero();
      assertThat(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong())
          .isEqualTo(bytes.length - 3 - 8);
    }
  }

  @Test
  void theSameInTheSameBytesOutWhateverTheOrderOfTheMetadata() throws IOException {
    Map<String, String> up = new TreeMap<>(Map.of("step", "7", "format", "pt", "z", "", "a", "ä"));
    Map<String, String> down = new LinkedHashMap<>();
    new TreeMap<>(up).descendingMap().forEach(down::put);
    Safetensors.write(folder.resolve("up"), some(), up);
    Safetensors.write(folder.resolve("down"), some(), down);
    assertThat(folder.resolve("up")).hasSameBinaryContentAs(folder.resolve("down"));
    assertThat(Safetensors.read(folder.resolve("up")).metadata()).isEqualTo(up);
  }

  @Test
  void nothingAtAllComesBackButIsNoCheckpoint() {
    Path file = folder.resolve("nothing.safetensors");
    Safetensors.write(file, Map.of(), Map.of());
    assertThat(Safetensors.read(file)).isEqualTo(new Safetensors.Saved(Map.of(), Map.of()));
    assertThatExceptionOfType(CheckpointException.class)
        .isThrownBy(() -> Checkpoints.read(file))
        .withMessage(file + ": it holds no parameters at all");
  }

  @Test
  void aCheckpointIsToldByItsBytesAndNotByItsName() throws IOException {
    Path file = folder.resolve("model.pkl");
    Safetensors.write(file, some(), Map.of("step", "7"));
    Checkpoint read = Checkpoints.read(file);
    same(read.parameters(), some());
    assertThat(read.source()).isEqualTo(file);
    assertThat(read.sha256()).isEqualTo(Sha256.of(file));
    assertThat(read.geometry()).isEmpty();
  }

  /** Of 640, 1152 or 1280 bytes: begins as a pickle of protocol 2, 4 or 5 does. */
  @ParameterizedTest
  @ValueSource(ints = {0x0280, 0x0480, 0x0580})
  void aHeaderWhoseLengthLooksLikeAPickleIsNone(int length) throws IOException {
    Path file = folder.resolve("model.safetensors");
    Safetensors.write(file, some(), Map.of("pad", ""));
    int more = length - (int) (Files.size(file) - 8 - 11);
    Safetensors.write(file, some(), Map.of("pad", "-".repeat(more)));
    assertThat(Files.readAllBytes(file)).startsWith(length & 0xff, length >> 8, 0);
    same(Checkpoints.read(file).parameters(), some());
  }

  @Test
  void oneTensorsSizeIsNotTakenAgainFromDirectMemory() throws Exception {
    Path file = folder.resolve("model.safetensors");
    int size = 24 << 20;
    long asAWhole =
        directMemoryTaken(
            () -> {
              try (FileChannel out =
                  FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
                out.write(ByteBuffer.allocate(size));
              }
            });
    Assumptions.assumeTrue(asAWhole >= size, "JDK 25 does not count what channels copy through");
    Map<String, Tensor> large = Map.of("w", random(ElementType.UINT8, size));
    long taken =
        directMemoryTaken(
            () -> {
              Safetensors.write(file, large, Map.of());
              Tensor read = Safetensors.read(file).tensors().get("w");
              assertThat(read.floats()).isEqualTo(large.get("w").floats());
            });
    assertThat(taken).isPositive().isLessThan(size / 3);
  }

  private interface Work {
    void run() throws Exception;
  }

  /** In a thread of its own: a thread keeps what it once took. */
  private static long directMemoryTaken(Work work) throws Exception {
    FutureTask<Long> task =
        new FutureTask<>(
            () -> {
              long before = directMemory();
              work.run();
              return directMemory() - before;
            });
    new Thread(task).start();
    return task.get();
  }

  private static long directMemory() {
    return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
        .filter(pool -> pool.getName().equals("direct"))
        .mapToLong(BufferPoolMXBean::getMemoryUsed)
        .sum();
  }

  @Test
  void replacesTheFileAsAWholeAndLeavesNothingBeside() throws IOException {
    Path file = folder.resolve("model.safetensors");
    Files.write(file, new byte[10_000]);
    Safetensors.write(file, some(), Map.of());
    same(Safetensors.read(file).tensors(), some());
    assertThat(files()).containsExactly("model.safetensors");
  }

  @Test
  void whoMayReadANewFileMayReadThisOne() throws IOException {
    Assumptions.assumeTrue(Files.getFileStore(folder).supportsFileAttributeView("posix"));
    Path file = folder.resolve("model.safetensors");
    Safetensors.write(file, some(), Map.of());
    assertThat(Files.getPosixFilePermissions(file))
        .isEqualTo(Files.getPosixFilePermissions(Files.createFile(folder.resolve("usual"))));
  }

  /** Its header is written when it fails. */
  private static final class Failing extends AbstractMap<String, Tensor> {
    @Override
    public Set<Entry<String, Tensor>> entrySet() {
      return some().entrySet();
    }

    @Override
    public Collection<Tensor> values() {
      throw new IllegalStateException("gone");
    }
  }

  @Test
  void theOldFileStaysWhereWritingFails() throws IOException {
    Path file = folder.resolve("model.safetensors");
    Safetensors.write(file, some(), Map.of());
    byte[] before = Files.readAllBytes(file);
    assertThatIllegalStateException()
        .isThrownBy(() -> Safetensors.write(file, new Failing(), Map.of()))
        .withMessage("gone");
    assertThat(files()).containsExactly("model.safetensors");
    assertThat(Files.readAllBytes(file)).isEqualTo(before);
  }

  @Test
  void saysWhatCannotBeWritten() throws IOException {
    Path absent = folder.resolve("absent").resolve("model.safetensors");
    assertThatExceptionOfType(CheckpointException.class)
        .isThrownBy(() -> Safetensors.write(absent, some(), Map.of()))
        .withMessage(absent + " cannot be written: there is no such file");
    Path taken = folder.resolve("taken");
    Files.createDirectories(taken.resolve("by a folder"));
    assertThatExceptionOfType(CheckpointException.class)
        .isThrownBy(() -> Safetensors.write(taken, some(), Map.of()))
        .withMessageStartingWith(taken + " cannot be written: ");
    assertThat(files()).containsExactly("taken");
  }

  @Test
  void noTensorTakesTheMetadatasPlace() throws IOException {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                Safetensors.write(
                    folder.resolve("x"), Map.of("__metadata__", Tensor.of(new float[1])), Map.of()))
        .withMessage("no tensor may be called __metadata__");
    assertThat(files()).isEmpty();
  }
}
