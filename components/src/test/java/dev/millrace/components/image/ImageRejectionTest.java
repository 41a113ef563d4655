package dev.millrace.components.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32;
import java.util.zip.DeflaterOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ImageRejectionTest {
  private final ImageDecoder decoder =
      new ImageDecoder(new ImageLimits(100_000, 2000, 2000, 500_000));

  @AfterEach
  void close() {
    decoder.close();
  }

  private ImageRejectedException rejection(byte[] bytes) {
    ImageRejectedException e =
        catchThrowableOfType(ImageRejectedException.class, () -> decoder.decode(bytes));
    assertThat(e).as("a rejection").isNotNull();
    return e;
  }

  @Test
  void noBytes() {
    assertThat(rejection(new byte[0]).code()).isEqualTo("empty");
  }

  @Test
  void tooManyBytes() {
    assertThat(rejection(new byte[100_001]))
        .hasMessage("the frame has 100001 bytes, allowed are 100000")
        .extracting(ImageRejectedException::code)
        .isEqualTo("oversized");
  }

  @Test
  void garbage() {
    assertThat(rejection("no picture at all".getBytes(StandardCharsets.US_ASCII)))
        .hasMessageContaining("begin 6e 6f 20")
        .extracting(ImageRejectedException::code)
        .isEqualTo("undecodable");
  }

  @ParameterizedTest
  @ValueSource(strings = {"gif", "bmp"})
  void otherFormats(String format) throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    javax.imageio.ImageIO.write(
        TestImages.picture(9, 9, BufferedImage.TYPE_3BYTE_BGR), format, bytes);
    assertThat(rejection(bytes.toByteArray()).code()).isEqualTo("unsupported");
  }

  /** No beginning of a picture, however long, is ever decoded as half a picture. */
  @Test
  void everyTruncation() {
    for (byte[] whole :
        new byte[][] {
          TestImages.jpeg(96, 64),
          TestImages.png(24, 16),
          TestImages.encode(TestImages.picture(48, 32, BufferedImage.TYPE_3BYTE_BGR), "jpeg", true)
        }) {
      decoder.decode(whole);
      for (int length = 1; length < whole.length; length++) {
        assertThat(rejection(Arrays.copyOf(whole, length)).code())
            .as("the first %d of %d bytes", length, whole.length)
            .isEqualTo("truncated");
      }
    }
  }

  @Test
  void aJpegWhoseDataStopsBeforeItsEndMarker() {
    byte[] whole = TestImages.jpeg(96, 64);
    byte[] cut = Arrays.copyOf(whole, whole.length * 2 / 3);
    cut[cut.length - 2] = (byte) 0xff;
    cut[cut.length - 1] = (byte) 0xd9;
    assertThat(rejection(cut).code()).isEqualTo("undecodable");
  }

  @Test
  void aPngWhoseDataStopsBeforeItsEnd() throws Exception {
    byte[] rows = new byte[10 * (1 + 3 * 20)];
    assertThat(rejection(png(20, 20, rows)).code()).isEqualTo("truncated");
    assertThat(decoder.decode(png(20, 10, rows)).height()).isEqualTo(10);
  }

  @Test
  void aBombIsRefusedByItsHeader() throws Exception {
    ImageRejectedException png = rejection(png(60_000, 60_000, new byte[10]));
    assertThat(png.code()).isEqualTo("too-many-pixels");
    assertThat(png).hasMessageContaining("60000 x 60000");
    byte[] jpeg = TestImages.jpeg(16, 16);
    for (int i = 0; i < jpeg.length - 9; i++) {
      if (jpeg[i] == (byte) 0xff && jpeg[i + 1] == (byte) 0xc0) {
        ByteBuffer.wrap(jpeg).putInt(i + 5, 0xffff_ffff);
        break;
      }
    }
    assertThat(rejection(jpeg).code()).isEqualTo("too-many-pixels");
    assertThat(rejection(png(1000, 501, new byte[10])).code()).isEqualTo("too-many-pixels");
    assertThat(rejection(png(2001, 1, new byte[10])).code()).isEqualTo("too-many-pixels");
  }

  @Test
  void aDamagedPng() {
    byte[] png = TestImages.png(30, 20);
    png[png.length / 2] ^= 1;
    assertThat(rejection(png).code()).isEqualTo("undecodable");
  }

  @ParameterizedTest
  @ValueSource(ints = {0xc3, 0xc5, 0xc9, 0xca, 0xcf})
  void kindsOfJpegThatAreNotDecoded(int marker) {
    byte[] jpeg = TestImages.jpeg(16, 16);
    for (int i = 0; i < jpeg.length; i++) {
      if (jpeg[i] == (byte) 0xff && jpeg[i + 1] == (byte) 0xc0) {
        jpeg[i + 1] = (byte) marker;
        break;
      }
    }
    assertThat(rejection(jpeg).code()).isEqualTo("unsupported");
  }

  /** FFmpeg's decoder knows JPEG-LS too, by markers that JPEG reserves. */
  @ParameterizedTest
  @ValueSource(ints = {0xc8, 0xcc, 0xde, 0xdf, 0xf0, 0xf7, 0xf8, 0xfd})
  void markersOfOtherFormats(int marker) {
    byte[] jpeg = TestImages.jpeg(16, 16);
    byte[] more = new byte[jpeg.length + 6];
    System.arraycopy(jpeg, 0, more, 0, 2);
    ByteBuffer.wrap(more, 2, 6).putShort((short) (0xff00 | marker)).putShort((short) 4);
    System.arraycopy(jpeg, 2, more, 8, jpeg.length - 2);
    ImageRejectedException e = rejection(more);
    assertThat(e.code()).isEqualTo("undecodable");
    assertThat(e).hasMessageContaining("unexpected marker 0x%02x", marker);
  }

  @Test
  void rawPixels() {
    assertThat(decoder.raw(new byte[12], 2, 2, PixelFormat.BGR24).height()).isEqualTo(2);
    assertThat(decoder.raw(new byte[] {1, 2, 3}, 1, 1, PixelFormat.of("rgb24")).bgr())
        .containsExactly(3, 2, 1);
    assertThat(decoder.raw(new byte[] {7, 9}, 2, 1, PixelFormat.of("gray8")).bgr())
        .containsExactly(7, 7, 7, 9, 9, 9);
    assertThat(rawRejection(11, 2, 2)).isEqualTo("truncated");
    assertThat(rawRejection(13, 2, 2)).isEqualTo("undecodable");
    assertThat(rawRejection(12, -2, 2)).isEqualTo("undecodable");
    assertThat(rawRejection(12, 2000, 2000)).isEqualTo("too-many-pixels");
    assertThat(rawRejection(0, 2, 2)).isEqualTo("empty");
    assertThat(catchThrowableOfType(ImageRejectedException.class, () -> PixelFormat.of("nv12")))
        .hasMessageContaining("bgr24, rgb24, gray8");
  }

  private String rawRejection(int bytes, int width, int height) {
    return catchThrowableOfType(
            ImageRejectedException.class,
            () -> decoder.raw(new byte[bytes], width, height, PixelFormat.BGR24))
        .code();
  }

  /** A true-colour PNG with a header of one's choice over rows of one's choice. */
  private static byte[] png(int width, int height, byte[] rows) throws Exception {
    ByteArrayOutputStream data = new ByteArrayOutputStream();
    try (DeflaterOutputStream deflater = new DeflaterOutputStream(data)) {
      deflater.write(rows);
    }
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    png.write(new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'});
    byte[] header =
        ByteBuffer.allocate(13)
            .putInt(width)
            .putInt(height)
            .put(new byte[] {8, 2, 0, 0, 0})
            .array();
    chunk(png, "IHDR", header);
    chunk(png, "IDAT", data.toByteArray());
    chunk(png, "IEND", new byte[0]);
    return png.toByteArray();
  }

  private static void chunk(ByteArrayOutputStream out, String type, byte[] data) {
    byte[] name = type.getBytes(StandardCharsets.US_ASCII);
    CRC32 crc = new CRC32();
    crc.update(name);
    crc.update(data);
    ByteBuffer chunk = ByteBuffer.allocate(12 + data.length);
    chunk.putInt(data.length).put(name).put(data).putInt((int) crc.getValue());
    out.writeBytes(chunk.array());
  }
}
