package dev.millrace.connectors.format;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class RunLengthsTest {

  /**
   * Runs that pycocotools 2.0.11 has for these texts; the second has runs of several characters.
   */
  @ParameterizedTest
  @CsvSource({
    "4, 5, 522000OO2, '5, 2, 2, 2, 2, 2, 1, 1, 3'",
    "300, 400, nQ2h8jnj0d0Ydl1eF, '2110, 280, 27610, 300, 89699, 1'",
    "3, 2, 06, '0, 6'"
  })
  void readsWhatPycocotoolsWrites(int height, int width, String text, String runs) {
    RunLengths mask = RunLengths.decode(height, width, text);
    assertThat(Arrays.toString(mask.counts())).isEqualTo("[" + runs + "]");
    assertThat(mask).isEqualTo(RunLengths.of(height, width, mask.counts()));
  }

  /**
   * Masks that Detectron2 pasted. Checksums of sizes and runs, areas and the sum of the IoU of all
   * pairs were computed by pycocotools and numpy, runs from the decoded bitmaps.
   */
  @ParameterizedTest
  @CsvSource({
    "0, 56, 205592906, 544489, 83.17596285539786",
    "1, 43, 1507702674, 569664, 75.55158949858613",
    "2, 33, 394580264, 175108, 49.1679570318414"
  })
  void readsDetectron2sMasks(int image, int count, long checksum, long area, double overlap)
      throws IOException {
    List<RunLengths> masks = masks(image);
    assertThat(masks).hasSize(count);
    CRC32 crc = new CRC32();
    for (RunLengths mask : masks) {
      String line =
          mask.height()
              + ","
              + mask.width()
              + Arrays.stream(mask.counts())
                  .mapToObj(run -> "," + run)
                  .collect(Collectors.joining())
              + "\n";
      crc.update(line.getBytes(US_ASCII));
    }
    assertThat(crc.getValue()).isEqualTo(checksum);
    assertThat(masks.stream().mapToLong(RunLengths::area).sum()).isEqualTo(area);
    double sum = 0;
    for (RunLengths a : masks) {
      for (RunLengths b : masks) {
        double common = a.common(b);
        sum += common / (a.area() + b.area() - common);
      }
    }
    assertThat(sum).isCloseTo(overlap, within(1e-9));
  }

  private static List<RunLengths> masks(int image) throws IOException {
    String folder = System.getenv("MILLRACE_ASSETS");
    Path file =
        (folder != null ? Path.of(folder) : Path.of("..", "..", "shared", "assets"))
            .resolve("detectron2/06_mask_rcnn_R_50_FPN/img" + image + "/final_pred_masks_rle.json");
    assumeTrue(Files.exists(file), () -> file + " is absent: set MILLRACE_ASSETS");
    List<RunLengths> masks = new ArrayList<>();
    for (JsonNode mask : new JsonMapper().readTree(Files.readAllBytes(file))) {
      masks.add(
          RunLengths.decode(
              mask.at("/size/0").asInt(),
              mask.at("/size/1").asInt(),
              mask.get("counts").asString()));
    }
    return masks;
  }

  @Test
  void stripsUnionAndCommonAreThoseOfThePixels() {
    Random random = new Random(5);
    for (int i = 0; i < 200; i++) {
      int height = 1 + random.nextInt(9);
      int width = 1 + random.nextInt(9);
      boolean[] a = pixels(random, height * width);
      boolean[] b = pixels(random, height * width);
      RunLengths first = encode(height, width, a);
      RunLengths second = encode(height, width, b);
      assertThat(painted(first)).isEqualTo(a);
      boolean[] any = new boolean[a.length];
      long both = 0;
      for (int p = 0; p < a.length; p++) {
        any[p] = a[p] || b[p];
        both += a[p] && b[p] ? 1 : 0;
      }
      assertThat(first.common(second)).isEqualTo(both);
      assertThat(RunLengths.union(List.of(first, second))).isEqualTo(encode(height, width, any));
    }
  }

  private static boolean[] pixels(Random random, int count) {
    boolean[] pixels = new boolean[count];
    int kind = random.nextInt(4);
    for (int p = 0; p < count; p++) {
      pixels[p] = kind == 0 || kind > 1 && random.nextInt(kind + 1) == 0;
    }
    return pixels;
  }

  private static RunLengths encode(int height, int width, boolean[] pixels) {
    List<Integer> runs = new ArrayList<>(List.of(0));
    for (boolean pixel : pixels) {
      if (pixel != (runs.size() % 2 == 0)) {
        runs.add(0);
      }
      runs.set(runs.size() - 1, runs.get(runs.size() - 1) + 1);
    }
    return RunLengths.of(height, width, runs.stream().mapToInt(Integer::intValue).toArray());
  }

  private static boolean[] painted(RunLengths mask) {
    boolean[] pixels = new boolean[mask.height() * mask.width()];
    mask.strips(
        (x, top, bottom) -> {
          assertThat(top).isLessThan(bottom);
          assertThat(bottom).isLessThanOrEqualTo(mask.height());
          Arrays.fill(pixels, x * mask.height() + top, x * mask.height() + bottom, true);
        });
    return pixels;
  }

  @ParameterizedTest
  @CsvSource({
    "4, 5, '', do not make up",
    "4, 5, 5, do not make up",
    "4, 5, d1, do not make up",
    "4, 5, O1, do not make up",
    "4, 5, 'x', that is not of",
    "4, 5, '!', that is not of",
    "4, 5, 5€, that is not of",
    "4, 5, 5o, does not end",
    "4, 5, oooooooooooooooooooo0, does not end",
    "0, 5, 0, rows and columns",
    "4, 16385, 0, rows and columns",
    "-4, -5, d0, rows and columns"
  })
  void whatIsNoMaskIsRefused(int height, int width, String text, String why) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> RunLengths.decode(height, width, text))
        .withMessageContaining(why);
  }

  /** Runs that add up only modulo 2^32, and negative ones. */
  @Test
  void runsThatDoNotAddUpAreRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> RunLengths.of(2, 2, 3));
    assertThatIllegalArgumentException().isThrownBy(() -> RunLengths.of(2, 2, 5, -1));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> RunLengths.of(2, 2, Integer.MAX_VALUE, Integer.MAX_VALUE, 6));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> RunLengths.of(2, 2, 4).common(RunLengths.of(1, 4, 4)));
  }

  /** 268 million pixels, three numbers. */
  @Test
  void sizeCostsNothing() {
    RunLengths large = RunLengths.of(16384, 16384, 5, 16384 * 16384 - 6, 1);
    assertThat(large.area()).isEqualTo(16384L * 16384 - 6);
    assertThat(large.common(RunLengths.of(16384, 16384, 0, 6, 16384 * 16384 - 6))).isEqualTo(1);
  }
}
