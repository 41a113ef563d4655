package dev.millrace.components.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.components.testing.Assets;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever is done to a file, a reader answers with values or with its own exception. */
class CheckpointFuzzTest {

  private static final int LONGEST_MILLIS = 3_000;

  /** The head of a pickle of arrays; most of the rest is numbers, of which any will do. */
  private static final int STRUCTURE = 180;

  @TempDir Path folder;

  private interface Attempt {
    void run(byte[] bytes) throws IOException;
  }

  /** The share that is refused; anything but a CheckpointException flies out and names the seed. */
  private static double mutate(byte[] original, int attempts, Attempt attempt) throws IOException {
    return mutate(original, original.length, attempts, attempt);
  }

  /**
   * @param damaged only bytes before this one are changed
   */
  private static double mutate(byte[] original, int damaged, int attempts, Attempt attempt)
      throws IOException {
    int refused = 0;
    int tried = 0;
    long end = System.nanoTime() + LONGEST_MILLIS * 1_000_000L;
    for (int seed = 0; seed < attempts && System.nanoTime() < end; seed++) {
      tried++;
      Random random = new Random(seed);
      byte[] bytes = original.clone();
      for (int i = 0, count = 1 + random.nextInt(4); i < count; i++) {
        int at = random.nextInt(damaged);
        switch (random.nextInt(4)) {
          case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
          case 1 -> bytes[at] = (byte) random.nextInt();
          case 2 -> bytes[at] = (byte) (random.nextBoolean() ? 0xff : 0);
          default -> {
            int length = Math.min(random.nextInt(16), bytes.length - at);
            System.arraycopy(bytes, random.nextInt(bytes.length - length), bytes, at, length);
          }
        }
      }
      try {
        attempt.run(bytes);
      } catch (CheckpointException e) {
        assertThat(e.getMessage()).isNotBlank();
        refused++;
      } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
        throw new AssertionError("seed " + seed, e);
      }
    }
    return (double) refused / tried;
  }

  private static byte[] smallPickle() {
    PickleWriter pickle = new PickleWriter().module("Net");
    pickle.text("backbone").module("Net").text("w").vector("FloatStorage", "0", 4);
    pickle.text("q").global("torch._utils", "_rebuild_qtensor").op('(');
    pickle.storage("QInt8Storage", "1", 4).number(0).numbers(2, 2).numbers(2, 1);
    pickle.op('(').global("torch", "per_channel_affine").vector("DoubleStorage", "2", 2);
    pickle.vector("LongStorage", "3", 2).raw('K', 0).op('t');
    pickle.raw(0x89).op('N').op('t').op('R');
    return pickle.end().end().stop();
  }

  private static ArchiveWriter archive(byte[] pickle) {
    return ArchiveWriter.of(pickle)
        .floats("0", 1, 2, 3, 4)
        .storage("1", new byte[] {1, 2, 3, 4})
        .doubles("2", 1, 2)
        .longs("3", 0, 0);
  }

  @Test
  void damagedPickles() throws IOException {
    Path file = folder.resolve("model.pt");
    double refused =
        mutate(smallPickle(), 4_000, bytes -> Checkpoints.read(archive(bytes).write(file)));
    assertThat(refused).isGreaterThan(0.8);
  }

  @Test
  void damagedArchives() throws IOException {
    Path file = folder.resolve("model.pt");
    byte[] whole = Files.readAllBytes(archive(smallPickle()).write(file));
    double refused = mutate(whole, 4_000, bytes -> Checkpoints.read(Files.write(file, bytes)));
    assertThat(refused).isGreaterThan(0.8);
  }

  @Test
  void damagedPickleOfARealModel() throws IOException {
    Path model = Assets.path("models/faster_rcnn_fbnetv3a_C4_int8.pt");
    byte[] pickle;
    try (ZipFile zip = new ZipFile(model.toFile())) {
      pickle = zip.getInputStream(zip.getEntry("d2go/data.pkl")).readAllBytes();
    }
    double refused =
        mutate(
            pickle,
            3_000,
            bytes -> new Unpickler(Run.of(ByteBuffer.wrap(bytes)), new TorchVocabulary()).load());
    assertThat(refused).isGreaterThan(0.8);
  }

  @Test
  void damagedFilesOfTheOlderFormat() throws IOException {
    Path file = folder.resolve("model.pth");
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    tensors.put("a.w", Tensor.of(new float[6], 2, 3));
    tensors.put("a.b", Tensor.of(new float[2], 2));
    byte[] whole = Files.readAllBytes(TorchFiles.legacy(file, tensors));
    assertThat(Checkpoints.read(file).parameters()).hasSize(2);
    double refused = mutate(whole, 4_000, bytes -> Checkpoints.read(Files.write(file, bytes)));
    assertThat(refused).isGreaterThan(0.8);
  }

  /** Also compressed, and with lengths that are told in both ways. */
  @Test
  void damagedDirectories() throws IOException {
    Path file = folder.resolve("model.pt");
    byte[] whole = Files.readAllBytes(archive(smallPickle()).compressed().write(file));
    assertThat(Checkpoints.read(file).parameters()).hasSize(2);
    double refused = mutate(whole, 4_000, bytes -> Checkpoints.read(Files.write(file, bytes)));
    assertThat(refused).isGreaterThan(0.8);
  }

  @Test
  void damagedPicklesOfTexts() throws IOException {
    PickleWriter pickle = new PickleWriter().dict().text("blobs").dict();
    pickle.old("a_w").array("f4", new long[] {2, 1}, p -> p.encoded(new byte[8]));
    pickle.old("b_w").array("u1", new long[] {5000}, p -> p.encoded(new byte[5000]));
    pickle.old("c_w").array("i8", new long[] {2}, p -> p.old(new byte[16]));
    byte[] whole = pickle.endDict().endDict().stop();
    Path file = folder.resolve("model.pkl");
    assertThat(Checkpoints.read(Files.write(file, whole)).parameters()).hasSize(3);
    double refused =
        mutate(whole, STRUCTURE, 4_000, bytes -> Checkpoints.read(Files.write(file, bytes)));
    assertThat(refused).isGreaterThan(0.5);
  }

  @Test
  void damagedPicklesOfArrays() throws IOException {
    PickleWriter pickle = new PickleWriter().dict().text("model").dict();
    pickle.text("a").array("f4", new long[] {2, 1}, false, new byte[8]);
    pickle.text("b").array("i8", new long[] {2, 2}, true, new byte[32]);
    byte[] whole = pickle.endDict().text("__author__").text("us").endDict().stop();
    Path file = folder.resolve("model.pkl");
    assertThat(Checkpoints.read(Files.write(file, whole)).parameters()).hasSize(2);
    double refused = mutate(whole, 4_000, bytes -> Checkpoints.read(Files.write(file, bytes)));
    assertThat(refused).isGreaterThan(0.8);
  }

  @Test
  void damagedPickleOfDetectron2() throws IOException {
    Path model = Assets.path("detectron2/13_toy_standard/checkpoint.pkl");
    double refused =
        mutate(
            Files.readAllBytes(model),
            STRUCTURE,
            3_000,
            bytes ->
                new Unpickler(Run.of(ByteBuffer.wrap(bytes)), new NumpyVocabulary(bytes.length))
                    .load());
    assertThat(refused).isGreaterThan(0.5);
  }

  @Test
  void damagedSafetensors() throws IOException {
    Path file = folder.resolve("model.safetensors");
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    tensors.put("a", Tensor.of(new float[6], 2, 3));
    tensors.put("b", Tensor.of(new float[2], 1, 2, 1));
    Safetensors.write(file, tensors, Map.of("step", "7"));
    byte[] whole = Files.readAllBytes(file);
    double refused =
        mutate(
            whole,
            whole.length - 8 * Float.BYTES,
            4_000,
            bytes -> Safetensors.read(Files.write(file, bytes)));
    assertThat(refused).isGreaterThan(0.8);
  }
}
