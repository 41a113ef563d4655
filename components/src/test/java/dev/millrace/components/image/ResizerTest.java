package dev.millrace.components.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.components.testing.Assets;
import dev.millrace.components.testing.Npy;
import java.nio.file.Files;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ResizerTest {

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  void pillowBitForBit(int image) throws Exception {
    String name = "detectron2/_images/img" + image;
    Frame raw = TestImages.frame(Npy.read(Assets.path(name + "_raw_bgr.npy")));
    Frame expected = TestImages.frame(Npy.read(Assets.path(name + "_resized_bgr.npy")));
    assertThat(interleaved(new PillowBilinear(), raw, expected.width(), expected.height()))
        .isEqualTo(expected.bgr());
  }

  @ParameterizedTest
  @ValueSource(strings = {"000000000036", "000000000315"})
  void alignCornersAsTheReferenceModelGetsIt(String image) throws Exception {
    byte[] jpeg = Files.readAllBytes(Assets.path("datasets/coco128/images/" + image + ".jpg"));
    Npy expected =
        Npy.read(Assets.path("reference/faster_rcnn_fbnetv3a_C4/" + image + "_input_bgr.npy"));
    int height = (int) expected.shape()[2];
    int width = (int) expected.shape()[3];
    byte[] out;
    try (ImageDecoder decoder = new ImageDecoder(ImageLimits.DEFAULT)) {
      out = new AlignCornersBilinear().resize(decoder.decode(jpeg), width, height);
    }
    assertThat(out).hasSize(3 * height * width);
    double sum = 0;
    for (int i = 0; i < out.length; i++) {
      double difference = Math.abs((out[i] & 0xff) - expected.data().getFloat(4 * i));
      // Half a level of rounding, and what two JPEG decoders may differ by.
      assertThat(difference).isLessThanOrEqualTo(3.5);
      sum += difference;
    }
    assertThat(sum / out.length).isLessThan(0.35);
  }

  @ParameterizedTest
  @CsvSource({"40,30,20,15", "40,30,97,61", "7,5,1,1", "1,1,9,4", "64,48,64,48", "31,17,32,16"})
  void alignCornersByItsFormula(int fromWidth, int fromHeight, int toWidth, int toHeight) {
    Frame source = noise(fromWidth, fromHeight);
    byte[] actual = interleaved(new AlignCornersBilinear(), source, toWidth, toHeight);
    for (int y = 0; y < toHeight; y++) {
      for (int x = 0; x < toWidth; x++) {
        for (int c = 0; c < 3; c++) {
          double sx = toWidth > 1 ? x * (fromWidth - 1.0) / (toWidth - 1) : 0;
          double sy = toHeight > 1 ? y * (fromHeight - 1.0) / (toHeight - 1) : 0;
          int x0 = Math.min((int) (sx + 1e-9), fromWidth - 1);
          int y0 = Math.min((int) (sy + 1e-9), fromHeight - 1);
          int x1 = Math.min(x0 + 1, fromWidth - 1);
          int y1 = Math.min(y0 + 1, fromHeight - 1);
          double upper = (1 - sx + x0) * at(source, x0, y0, c) + (sx - x0) * at(source, x1, y0, c);
          double lower = (1 - sx + x0) * at(source, x0, y1, c) + (sx - x0) * at(source, x1, y1, c);
          double exact = (1 - sy + y0) * upper + (sy - y0) * lower;
          assertThat((double) (actual[3 * (y * toWidth + x) + c] & 0xff))
              .isBetween(exact - 0.501, exact + 0.501);
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"40,30,20,15", "40,30,97,61", "7,5,1,1", "1,1,9,4", "31,17,32,16", "640,480,416,312"})
  void halfPixelsByTheirFormula(int fromWidth, int fromHeight, int toWidth, int toHeight) {
    Frame source = noise(fromWidth, fromHeight);
    byte[] actual = interleaved(new HalfPixelBilinear(), source, toWidth, toHeight);
    for (int y = 0; y < toHeight; y++) {
      for (int x = 0; x < toWidth; x++) {
        for (int c = 0; c < 3; c++) {
          double sx = Math.max(0, (x + 0.5) * fromWidth / toWidth - 0.5);
          double sy = Math.max(0, (y + 0.5) * fromHeight / toHeight - 0.5);
          int x0 = Math.min((int) sx, fromWidth - 1);
          int y0 = Math.min((int) sy, fromHeight - 1);
          int x1 = Math.min(x0 + 1, fromWidth - 1);
          int y1 = Math.min(y0 + 1, fromHeight - 1);
          double upper = (1 - sx + x0) * at(source, x0, y0, c) + (sx - x0) * at(source, x1, y0, c);
          double lower = (1 - sx + x0) * at(source, x0, y1, c) + (sx - x0) * at(source, x1, y1, c);
          double exact = (1 - sy + y0) * upper + (sy - y0) * lower;
          // Its weights have 11 bits, its sums lose 4 more: up to a level with the rounding.
          assertThat((double) (actual[3 * (y * toWidth + x) + c] & 0xff))
              .isBetween(exact - 1, exact + 1);
        }
      }
    }
  }

  /** Worked out by hand from the fixed-point rule: 0 and 255, a quarter of the way. */
  @Test
  void halfPixelsRoundAsOpenCvDoes() {
    Frame source = new Frame(2, 1, new byte[] {0, 10, (byte) 200, (byte) 255, 20, 100});
    assertThat(interleaved(new HalfPixelBilinear(), source, 4, 1))
        .containsExactly(
            0, 10, 200, // before the first centre
            64, 13, 175, // 63.75; 12.5; 175: a half goes up
            191, 18, 125, // 191.25; 17.5; 125
            255, 20, 100);
  }

  @Test
  void oneInstanceTakesChangingSizes() {
    for (Supplier<Resizer> kind :
        List.<Supplier<Resizer>>of(
            PillowBilinear::new, AlignCornersBilinear::new, HalfPixelBilinear::new)) {
      Resizer reused = kind.get();
      for (int[] s :
          new int[][] {{90, 70, 33, 21}, {20, 15, 40, 60}, {90, 70, 90, 70}, {5, 90, 33, 8}}) {
        Frame source = noise(s[0], s[1]);
        Resizer fresh = kind.get();
        assertThat(interleaved(reused, source, s[2], s[3]))
            .isEqualTo(interleaved(fresh, source, s[2], s[3]));
      }
    }
  }

  @Test
  void theSameSizeIsTheSamePicture() {
    Frame source = noise(37, 23);
    assertThat(interleaved(new PillowBilinear(), source, 37, 23)).isEqualTo(source.bgr());
    assertThat(interleaved(new AlignCornersBilinear(), source, 37, 23)).isEqualTo(source.bgr());
    assertThat(interleaved(new HalfPixelBilinear(), source, 37, 23)).isEqualTo(source.bgr());
  }

  private static int at(Frame frame, int x, int y, int channel) {
    return frame.bgr()[3 * (y * frame.width() + x) + channel] & 0xff;
  }

  private static Frame noise(int width, int height) {
    byte[] bgr = new byte[3 * width * height];
    new Random(width * 31L + height).nextBytes(bgr);
    return new Frame(width, height, bgr);
  }

  private static byte[] interleaved(Resizer resizer, Frame source, int width, int height) {
    byte[] planes = resizer.resize(source, width, height);
    byte[] bgr = new byte[3 * width * height];
    assertThat(planes).hasSameSizeAs(bgr);
    for (int i = 0; i < bgr.length; i++) {
      bgr[i] = planes[i % 3 * width * height + i / 3];
    }
    return bgr;
  }
}
