package dev.millrace.components.modeling.preprocess;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.components.ConfigException;
import dev.millrace.components.image.Frame;
import dev.millrace.components.modeling.ImageBatch;
import dev.millrace.components.testing.Assets;
import dev.millrace.components.testing.Npy;
import dev.millrace.components.testing.TestBuild;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ResizingTest {

  private static final TestBuild BUILD = new TestBuild("model.preprocessor", Map.of(), List.of());

  @ParameterizedTest
  @CsvSource({
    // height, width, expected height, expected width: worked out by Detectron2's formula
    "480, 640, 800, 1067",
    "640, 480, 1067, 800",
    "500, 500, 800, 800",
    "1080, 1920, 750, 1333",
    "1920, 1080, 1333, 750",
    "100, 2000, 67, 1333",
    "800, 1333, 800, 1333",
    "1, 4000, 1, 1333"
  })
  void theShortSideUnlessTheLongOneBecomesTooLong(int h, int w, int height, int width) {
    assertThat(new ResizeShortestEdge(800, 1333).size(h, w))
        .isEqualTo(new Resizing.Size(height, width));
  }

  @ParameterizedTest
  @CsvSource({
    "480, 640, 320, 426",
    "640, 481, 425, 320",
    "427, 640, 320, 479",
    "320, 320, 320, 320",
    "10, 1000, 320, 32000",
    "576, 768, 320, 426"
  })
  void d2goRoundsTheLongSideDown(int h, int w, int height, int width) {
    assertThat(new D2GoResize(320).size(h, w)).isEqualTo(new Resizing.Size(height, width));
  }

  @Test
  void d2goHasTheSizesOfTheReference() throws IOException {
    String folder = "reference/faster_rcnn_fbnetv3a_C4/";
    long[] tall = Npy.read(Assets.path(folder + "000000000036_input_bgr.npy")).shape();
    long[] wide = Npy.read(Assets.path(folder + "000000000315_input_bgr.npy")).shape();
    assertThat(new D2GoResize(320).size(640, 481))
        .isEqualTo(new Resizing.Size((int) tall[2], (int) tall[3]));
    assertThat(new D2GoResize(320).size(427, 640))
        .isEqualTo(new Resizing.Size((int) wide[2], (int) wide[3]));
  }

  private static Frame grey(int width, int height, int level) {
    byte[] pixels = new byte[3 * width * height];
    Arrays.fill(pixels, (byte) level);
    return new Frame(width, height, pixels);
  }

  @Test
  void imagesArePaddedToTheLargestAndToADivisorWithZeros() {
    ResizeShortestEdge resize = new ResizeShortestEdge(30, 100);
    // A full batch first, so that the buffer is dirty.
    resize.preprocess(List.of(grey(64, 64, 255), grey(64, 64, 255), grey(64, 64, 255)), 64);
    ImageBatch batch = resize.preprocess(List.of(grey(80, 60, 200), grey(60, 80, 100)), 32);
    assertThat(batch.images()).isEqualTo(2);
    assertThat(batch.height()).isEqualTo(64);
    assertThat(batch.width()).isEqualTo(64);
    assertThat(batch.sizes()).containsExactly(30, 40, 40, 30);
    assertThat(batch.sourceSizes()).containsExactly(60, 80, 80, 60);
    assertThat(batch.pixels().remaining()).isEqualTo(2 * 3 * 64 * 64);
    for (int n = 0; n < 2; n++) {
      for (int c = 0; c < 3; c++) {
        for (int y = 0; y < 64; y++) {
          for (int x = 0; x < 64; x++) {
            boolean inside = y < batch.sizes()[2 * n] && x < batch.sizes()[2 * n + 1];
            int found = batch.pixels().get(((n * 3 + c) * 64 + y) * 64 + x) & 0xff;
            assertThat(found)
                .as("image %d, channel %d, row %d, column %d", n, c, y, x)
                .isEqualTo(inside ? (n == 0 ? 200 : 100) : 0);
          }
        }
      }
    }
  }

  @Test
  void channelsKeepTheirOrder() {
    byte[] pixels = new byte[3 * 16 * 16];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) (10 + 50 * (i % 3));
    }
    ImageBatch batch = new D2GoResize(16).preprocess(List.of(new Frame(16, 16, pixels)), 1);
    assertThat(batch.pixels().get(0)).isEqualTo((byte) 10);
    assertThat(batch.pixels().get(16 * 16)).isEqualTo((byte) 60);
    assertThat(batch.pixels().get(2 * 16 * 16)).isEqualTo((byte) 110);
  }

  @Test
  void nonsenseIsRefusedAtItsKey() {
    assertThatThrownBy(
            () -> ResizeShortestEdge.fromConfig(new ResizeShortestEdge.Args(800, 600), BUILD))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("model.preprocessor.minSize")
        .hasMessageContaining("found 800 and 600");
    assertThatThrownBy(() -> D2GoResize.fromConfig(new D2GoResize.Args(0), BUILD))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("found 0");
    assertThat(
            ResizeShortestEdge.fromConfig(new ResizeShortestEdge.Args(null, null), BUILD)
                .size(480, 640))
        .isEqualTo(new Resizing.Size(800, 1067));
  }
}
