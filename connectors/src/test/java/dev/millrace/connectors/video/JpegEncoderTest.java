package dev.millrace.connectors.video;

import static dev.millrace.connectors.video.TestVideos.meanDifference;
import static dev.millrace.connectors.video.TestVideos.picture;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import javax.imageio.ImageIO;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;

class JpegEncoderTest {

  @Test
  void othersReadWhatItWrites() throws IOException {
    try (JpegEncoder encoder = new JpegEncoder(95)) {
      for (int[] size : new int[][] {{96, 64}, {97, 63}, {1, 1}, {640, 360}, {96, 64}}) {
        Picture source = picture(size[0], size[1], 3);
        byte[] jpeg = encoder.encode(source);
        assertThat(WholeJpeg.check(jpeg)).isTrue();
        assertThat(meanDifference(read(jpeg), source.bgr())).isLessThan(4);
      }
    }
  }

  /** A process whose models take many times its heap goes on encoding. */
  @Test
  void whatOtherLibrariesTakeIsNoLimit() {
    try (JpegEncoder encoder = new JpegEncoder(80)) {
      encoder.encode(picture(8, 8, 0));
      assertThat(Pointer.maxPhysicalBytes()).isZero();
    }
  }

  @Test
  void betterQualityCostsBytes() {
    int last = 0;
    for (int quality : new int[] {5, 30, 60, 85, 97}) {
      try (JpegEncoder encoder = new JpegEncoder(quality)) {
        int bytes = encoder.encode(picture(320, 240, 5)).length;
        assertThat(bytes).isGreaterThan(last);
        last = bytes;
      }
    }
  }

  @Test
  void everyNativeIsClosed() {
    NativeCount natives = new NativeCount();
    JpegEncoder encoder = new JpegEncoder(80, natives);
    encoder.encode(picture(32, 32, 0));
    encoder.encode(picture(48, 32, 0));
    encoder.close();
    encoder.close();
    assertThat(natives.created()).isPositive().isEqualTo(natives.closed());
  }

  @Test
  void refusesAQualityThatIsNone() {
    assertThatThrownBy(() -> new JpegEncoder(0))
        .hasMessage("JPEG quality: expected 1 to 100, found 0");
  }

  static byte[] read(byte[] jpeg) throws IOException {
    BufferedImage image = ImageIO.read(new ByteArrayInputStream(jpeg));
    byte[] bgr = new byte[3 * image.getWidth() * image.getHeight()];
    int out = 0;
    for (int y = 0; y < image.getHeight(); y++) {
      for (int x = 0; x < image.getWidth(); x++) {
        int rgb = image.getRGB(x, y);
        bgr[out++] = (byte) rgb;
        bgr[out++] = (byte) (rgb >> 8);
        bgr[out++] = (byte) (rgb >> 16);
      }
    }
    return bgr;
  }
}
