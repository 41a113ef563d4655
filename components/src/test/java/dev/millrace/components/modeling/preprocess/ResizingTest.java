package dev.millrace.components.modeling.preprocess;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.components.ConfigException;
import dev.millrace.components.image.Frame;
import dev.millrace.components.image.ImageRejectedException;
import dev.millrace.components.modeling.InputImage;
import dev.millrace.components.testing.Assets;
import dev.millrace.components.testing.Npy;
import dev.millrace.components.testing.TestBuild;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
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

  @ParameterizedTest
  @CsvSource({
    // worked out by YOLOX's preproc: r = min(416 / h, 416 / w), int(h * r), int(w * r)
    "480, 640, 312, 416",
    "640, 480, 416, 312",
    "427, 640, 277, 416",
    "100, 50, 416, 208",
    "416, 416, 416, 416",
    "1, 4000, 1, 416"
  })
  void aLetterboxKeepsProportionsAndRoundsDown(int h, int w, int height, int width) {
    assertThat(new LetterboxResize(416, 416).size(h, w))
        .isEqualTo(new Resizing.Size(height, width));
  }

  @Test
  void aLetterboxHasASize() {
    assertThat(LetterboxResize.fromConfig(new LetterboxResize.Args(null, 640), BUILD).size(9, 9))
        .isEqualTo(new Resizing.Size(416, 416));
    assertThatThrownBy(() -> LetterboxResize.fromConfig(new LetterboxResize.Args(0, null), BUILD))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("model.preprocessor.height")
        .hasMessageContaining("found 0");
    assertThatThrownBy(() -> LetterboxResize.fromConfig(new LetterboxResize.Args(416, 5000), BUILD))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("model.preprocessor.width")
        .hasMessageContaining("found 5000");
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

  @Test
  void severalThreadsResizeAtOnceAndChangeNothing() throws Exception {
    ResizeShortestEdge resize = new ResizeShortestEdge(30, 100);
    List<Frame> frames = new ArrayList<>();
    List<byte[]> expected = new ArrayList<>();
    for (int i = 0; i < 64; i++) {
      byte[] pixels = new byte[3 * (40 + i) * (50 + i % 5)];
      new Random(i).nextBytes(pixels);
      frames.add(new Frame(40 + i, 50 + i % 5, pixels));
      expected.add(new ResizeShortestEdge(30, 100).preprocess(frames.get(i)).pixels());
    }
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Callable<byte[]>> work = new ArrayList<>();
      frames.forEach(frame -> work.add(() -> resize.preprocess(frame).pixels()));
      List<byte[]> found = new ArrayList<>();
      for (Future<byte[]> one : threads.invokeAll(work)) {
        found.add(one.get());
      }
      assertThat(found).hasSameSizeAs(expected);
      for (int i = 0; i < found.size(); i++) {
        assertThat(found.get(i)).isEqualTo(expected.get(i));
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void channelsKeepTheirOrder() {
    byte[] pixels = new byte[3 * 16 * 16];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) (10 + 50 * (i % 3));
    }
    InputImage image = new D2GoResize(16).preprocess(new Frame(16, 16, pixels));
    assertThat(image.pixels()[0]).isEqualTo((byte) 10);
    assertThat(image.pixels()[16 * 16]).isEqualTo((byte) 60);
    assertThat(image.pixels()[2 * 16 * 16]).isEqualTo((byte) 110);
  }

  @Test
  void aFrameThatWouldGrowWithoutBoundIsRefusedBeforeAnythingIsAllocated() {
    Frame ribbon = new Frame(16384, 3, new byte[3 * 16384 * 3]);
    assertThatThrownBy(() -> new D2GoResize(320).preprocess(ribbon))
        .isInstanceOf(ImageRejectedException.class)
        .hasMessageContaining("the frame of 16384 x 3 would be resized to 1747626 x 320");
    Frame line = new Frame(2000, 1, new byte[3 * 2000]);
    assertThatThrownBy(() -> new ResizeShortestEdge(2400, Integer.MAX_VALUE).preprocess(line))
        .isInstanceOf(ImageRejectedException.class)
        .hasMessageContaining("4800000 x 2400");
    assertThat(new D2GoResize(2400).size(1, Integer.MAX_VALUE))
        .isEqualTo(new Resizing.Size(2400, Integer.MAX_VALUE));
    Frame wide = new Frame(1000, 40, new byte[3 * 1000 * 40]);
    assertThat(new D2GoResize(320).preprocess(wide).width()).isEqualTo(8000);
  }

  @Test
  void nonsenseIsRefusedAtItsKey() {
    assertThatThrownBy(() -> D2GoResize.fromConfig(new D2GoResize.Args(20000), BUILD))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("model.preprocessor.minSize")
        .hasMessageContaining("from 1 to 2400 pixels, found 20000");
    assertThatThrownBy(
            () -> ResizeShortestEdge.fromConfig(new ResizeShortestEdge.Args(2401, 4000), BUILD))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("found 2401");
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
