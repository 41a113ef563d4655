package dev.millrace.components.image;

import static dev.millrace.components.image.TestImages.bgr;
import static dev.millrace.components.image.TestImages.decodedByJdk;
import static dev.millrace.components.image.TestImages.encode;
import static dev.millrace.components.image.TestImages.meanDifference;
import static dev.millrace.components.image.TestImages.picture;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.components.testing.Assets;
import dev.millrace.components.testing.Npy;
import java.awt.image.BufferedImage;
import java.nio.file.Files;
import java.nio.file.Path;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImageDecoderTest {
  private final NativeCount natives = new NativeCount();
  private final ImageDecoder decoder = new ImageDecoder(ImageLimits.DEFAULT, natives);

  @AfterEach
  void everyNativeIsClosed() {
    decoder.close();
    assertThat(natives.closed()).isEqualTo(natives.created());
  }

  /** A process whose models take many times its heap goes on decoding. */
  @Test
  void whatOtherLibrariesTakeIsNoLimit() {
    decoder.decode(encode(picture(8, 8, BufferedImage.TYPE_3BYTE_BGR), "jpeg", false));
    assertThat(Pointer.maxPhysicalBytes()).isZero();
  }

  @ParameterizedTest
  @CsvSource({"64,48", "65,49", "1,1", "2,3", "3,2", "5,7", "17,1", "1,17", "333,217"})
  void jpegsOfAnySizeLookAsTheJdkSeesThem(int width, int height) {
    for (boolean progressive : new boolean[] {false, true}) {
      byte[] jpeg =
          encode(picture(width, height, BufferedImage.TYPE_3BYTE_BGR), "jpeg", progressive);
      Frame frame = decoder.decode(jpeg);
      assertThat(frame.width()).isEqualTo(width);
      assertThat(frame.height()).isEqualTo(height);
      assertThat(meanDifference(frame.bgr(), decodedByJdk(jpeg))).isLessThan(1.0);
    }
  }

  @ParameterizedTest
  @CsvSource({"1,1", "2,1", "2,2"})
  void everyUsualSubsampling(int across, int down) {
    for (int[] size : new int[][] {{64, 48}, {63, 47}, {5, 3}}) {
      BufferedImage image = picture(size[0], size[1], BufferedImage.TYPE_3BYTE_BGR);
      byte[] jpeg = TestImages.jpeg(image, across, down);
      byte[] pixels = decoder.decode(jpeg).bgr();
      assertThat(meanDifference(pixels, decodedByJdk(jpeg))).isLessThan(0.1);
    }
  }

  /**
   * One JDK's codec smooths halved rows and another's repeats them: our columns are the reference.
   */
  @ParameterizedTest
  @CsvSource({"1,2", "2,1", "2,2"})
  void rowsOfChromaAreSmoothedLikeColumns(int across, int down) {
    for (int[] size : new int[][] {{64, 48}, {63, 47}, {9, 7}}) {
      BufferedImage image = picture(size[0], size[1], BufferedImage.TYPE_3BYTE_BGR);
      byte[] pixels = decoder.decode(TestImages.jpeg(image, across, down)).bgr();
      Frame other = decoder.decode(TestImages.jpeg(TestImages.transposed(image), down, across));
      assertThat(meanDifference(pixels, transposed(other))).isLessThan(0.5);
    }
  }

  private static byte[] transposed(Frame frame) {
    byte[] bgr = new byte[frame.bgr().length];
    for (int i = 0; i < bgr.length; i++) {
      int row = i / 3 / frame.height();
      int column = i / 3 % frame.height();
      bgr[i] = frame.bgr()[3 * (column * frame.width() + row) + i % 3];
    }
    return bgr;
  }

  @Test
  void aGreyJpegIsGreyInAllThreeChannels() {
    byte[] jpeg = encode(picture(70, 50, BufferedImage.TYPE_BYTE_GRAY), "jpeg", false);
    byte[] pixels = decoder.decode(jpeg).bgr();
    for (int i = 0; i < pixels.length; i += 3) {
      assertThat(pixels[i]).isEqualTo(pixels[i + 1]).isEqualTo(pixels[i + 2]);
    }
    assertThat(ImageHeader.read(jpeg, ImageLimits.DEFAULT).components()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(
      ints = {
        BufferedImage.TYPE_3BYTE_BGR,
        BufferedImage.TYPE_4BYTE_ABGR,
        BufferedImage.TYPE_BYTE_INDEXED,
        BufferedImage.TYPE_BYTE_BINARY,
        BufferedImage.TYPE_BYTE_GRAY
      })
  void pngsAreExact(int type) {
    for (boolean interlaced : new boolean[] {false, true}) {
      BufferedImage image = picture(67, 41, type);
      Frame frame = decoder.decode(encode(image, "png", interlaced));
      byte[] expected = bgr(image);
      if (type == BufferedImage.TYPE_BYTE_GRAY) {
        // getRGB applies a gamma to grey; the samples themselves are what counts.
        for (int i = 0; i < expected.length; i++) {
          int pixel = i / 3;
          expected[i] = (byte) image.getRaster().getSample(pixel % 67, pixel / 67, 0);
        }
      }
      assertThat(meanDifference(frame.bgr(), expected)).isZero();
    }
  }

  @Test
  void sixteenBitsKeepTheUpperEight() {
    BufferedImage image = new BufferedImage(300, 4, BufferedImage.TYPE_USHORT_GRAY);
    for (int x = 0; x < 300; x++) {
      image.getRaster().setSample(x, 2, 0, x * 211);
    }
    byte[] pixels = decoder.decode(encode(image, "png", false)).bgr();
    for (int x = 0; x < 300; x++) {
      assertThat(pixels[3 * (2 * 300 + x)]).isEqualTo((byte) (x * 211 >> 8));
    }
  }

  @Test
  void alphaIsDroppedNotBlended() {
    BufferedImage image = new BufferedImage(2, 1, BufferedImage.TYPE_INT_ARGB);
    image.setRGB(0, 0, 0x00102030);
    image.setRGB(1, 0, 0x80405060);
    assertThat(decoder.decode(encode(image, "png", false)).bgr())
        .containsExactly(0x30, 0x20, 0x10, 0x60, 0x50, 0x40);
  }

  @Test
  void oneDecoderTakesPicturesOfChangingKindsAndOwnsTwoNatives() {
    for (int i = 0; i < 20; i++) {
      assertThat(decoder.decode(TestImages.jpeg(40 + i, 30)).width()).isEqualTo(40 + i);
      assertThat(decoder.decode(TestImages.png(20 + i, 30)).width()).isEqualTo(20 + i);
    }
    assertThat(natives.created()).isEqualTo(2);
    assertThat(natives.closed()).isZero();
  }

  @Test
  void aBadPictureLeavesNothingBehindInTheNextOne() {
    byte[] good = TestImages.jpeg(160, 120);
    Frame first = decoder.decode(good);
    byte[] bad = good.clone();
    java.util.Arrays.fill(bad, bad.length / 2, bad.length - 2, (byte) 0);
    assertThatThrownBy(() -> decoder.decode(bad)).isInstanceOf(ImageRejectedException.class);
    assertThat(meanDifference(decoder.decode(good).bgr(), first.bgr())).isZero();
  }

  @Test
  void aClosedDecoderSaysSo() {
    decoder.close();
    decoder.close();
    assertThatThrownBy(() -> decoder.decode(TestImages.jpeg(8, 8)))
        .isInstanceOf(IllegalStateException.class);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  void coloursAreThoseOfPillow(int image) throws Exception {
    Path jpeg = Assets.path("detectron2/_images/img" + image + ".jpg");
    Frame expected =
        TestImages.frame(Npy.read(Assets.path("detectron2/_images/img" + image + "_raw_bgr.npy")));
    Frame frame = decoder.decode(Files.readAllBytes(jpeg));
    assertThat(frame.width()).isEqualTo(expected.width());
    assertThat(meanDifference(frame.bgr(), expected.bgr())).isLessThan(0.2);
  }
}
