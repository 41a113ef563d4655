package dev.millrace.components.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ImageHeaderTest {
  private static final String SOF = "ffc0 0011 08 0010 0020 03 012200 021101 031101 ";
  private static final String SCAN = "ffda 000c 03 0100 0200 0300 003f00 1234 ";

  private static byte[] hex(String text) {
    return HexFormat.of().parseHex(text.replace(" ", ""));
  }

  @Test
  void readsNoFurtherThanTheSize() {
    assertThat(
            ImageHeader.read(hex("ffd8 ffe0 0004 0000 fffe 0002 ff " + SOF), ImageLimits.DEFAULT))
        .isEqualTo(new ImageHeader(ImageFormat.JPEG, 32, 16, 3, 8));
    byte[] png =
        TestImages.encode(TestImages.picture(70, 30, BufferedImage.TYPE_4BYTE_ABGR), "png", false);
    assertThat(ImageHeader.read(java.util.Arrays.copyOf(png, 40), ImageLimits.DEFAULT))
        .isEqualTo(new ImageHeader(ImageFormat.PNG, 70, 30, 4, 8));
  }

  @ParameterizedTest
  @CsvSource({
    "ffc0 0014 08 0010 0020 04 011100 021101 031101 041101, unsupported, CMYK",
    "ffc0 0011 0c 0010 0020 03 012200 021101 031101, unsupported, 12 bits",
    "ffc0 0011 08 0000 0020 03 012200 021101 031101, unsupported, DNL",
    "ffc0 0011 08 0010 0000 03 012200 021101 031101, undecodable, width 0",
    "ffc0 0011 08 0010 0020 02 012200 021101 031101, undecodable, 2 components",
    "ffc0 0007 08 0010 0020, undecodable, frame header",
    "ffd8 0002, undecodable, unexpected marker 0xd8",
    "ffe0 0001, undecodable, segment of length 1",
    "ffe0 0009 00, truncated, reaches to byte 17",
    "41, undecodable, where a marker should be",
    "ffda 0002, undecodable, without a frame header",
    "ffc9 0011 08 0010 0020 03 012200 021101 031101, unsupported, arithmetic"
  })
  void saysWhatIsWrongWithAJpeg(String segments, String code, String message) {
    assertRejected(hex("ffd8 ffe0 0002" + segments), code, message);
  }

  @ParameterizedTest
  @CsvSource({
    "ffd9, undecodable, without data for component 1",
    "ffda 0008 01 0100 003f00 1234 ffd9, undecodable, without data for component 2",
    "ffda 0008 03 0100 003f00 1234 ffd9, undecodable, scan header",
    "ffc4 0002 ffc0 0011 ffd9, undecodable, second frame header"
  })
  void saysWhatIsWrongBehindTheHeader(String rest, String code, String message) {
    byte[] bytes = hex("ffd8" + SOF + rest);
    try (ImageDecoder decoder = new ImageDecoder(ImageLimits.DEFAULT)) {
      ImageRejectedException e =
          catchThrowableOfType(ImageRejectedException.class, () -> decoder.decode(bytes));
      assertThat(e).hasMessageContaining(message);
      assertThat(e.code()).isEqualTo(code);
    }
  }

  @Test
  void thousandsOfScansAreAnAttack() {
    ByteArrayOutputStream jpeg = new ByteArrayOutputStream();
    jpeg.writeBytes(hex("ffd8" + SOF));
    for (int i = 0; i < 101; i++) {
      jpeg.writeBytes(hex(SCAN));
    }
    jpeg.writeBytes(hex("ffd9"));
    try (ImageDecoder decoder = new ImageDecoder(ImageLimits.DEFAULT)) {
      ImageRejectedException e =
          catchThrowableOfType(
              ImageRejectedException.class, () -> decoder.decode(jpeg.toByteArray()));
      assertThat(e).hasMessageContaining("more than 100 scans");
    }
  }

  private static void assertRejected(byte[] bytes, String code, String message) {
    ImageRejectedException e =
        catchThrowableOfType(
            ImageRejectedException.class, () -> ImageHeader.read(bytes, ImageLimits.DEFAULT));
    assertThat(e).hasMessageContaining(message);
    assertThat(e.code()).isEqualTo(code);
  }

  @Test
  void limitsComeFromConfigurationWithDefaults() {
    assertThat(ImageLimits.of(null, null, null, null)).isEqualTo(ImageLimits.DEFAULT);
    assertThat(ImageLimits.of(5L, null, 7, null))
        .isEqualTo(new ImageLimits(5, 16384, 7, 50_000_000));
  }
}
