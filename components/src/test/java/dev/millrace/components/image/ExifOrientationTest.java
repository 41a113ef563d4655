package dev.millrace.components.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExifOrientationTest {

  private static final Frame STORED = frame("abc/def");

  /** A pixel for each letter. */
  private static Frame frame(String rows) {
    String[] lines = rows.split("/", -1);
    ByteBuffer bgr = ByteBuffer.allocate(3 * lines.length * lines[0].length());
    for (char letter : rows.replace("/", "").toCharArray()) {
      bgr.put((byte) letter).put((byte) (letter + 50)).put((byte) (letter + 100));
    }
    return new Frame(lines[0].length(), lines.length, bgr.array());
  }

  private static void looks(byte[] file, String rows) {
    Frame upright = ExifOrientation.upright(file, STORED);
    Frame expected = frame(rows);
    assertThat(upright.width()).isEqualTo(expected.width());
    assertThat(upright.height()).isEqualTo(expected.height());
    assertThat(upright.bgr()).isEqualTo(expected.bgr());
  }

  /** Rows as Pillow's {@code ImageOps.exif_transpose} has them. */
  @ParameterizedTest
  @CsvSource({
    "1, abc/def",
    "2, cba/fed",
    "3, fed/cba",
    "4, def/abc",
    "5, ad/be/cf",
    "6, da/eb/fc",
    "7, fc/eb/da",
    "8, cf/be/ad"
  })
  void turnsAsTheTagSays(int orientation, String rows) {
    looks(TestImages.withOrientation(orientation, ByteOrder.BIG_ENDIAN), rows);
    looks(TestImages.withOrientation(orientation, ByteOrder.LITTLE_ENDIAN), rows);
  }

  @ParameterizedTest
  @CsvSource({"0", "9", "-1", "262"})
  void whatIsNoOrientationTurnsNothing(int orientation) {
    assertThat(
            ExifOrientation.upright(
                TestImages.withOrientation(orientation, ByteOrder.BIG_ENDIAN), STORED))
        .isSameAs(STORED);
  }

  @Test
  void othersHaveNone() {
    assertThat(ExifOrientation.of(TestImages.jpeg(8, 8))).isEqualTo(1);
    assertThat(ExifOrientation.of(TestImages.png(8, 8))).isEqualTo(1);
    assertThat(ExifOrientation.of(new byte[0])).isEqualTo(1);
  }

  /** Each byte of the segment set to each of some values, and the file cut after it. */
  @Test
  void aListOfTagsThatLeadsNowhereTurnsNothing() {
    byte[] good = TestImages.withOrientation(6, ByteOrder.LITTLE_ENDIAN);
    for (int at = 0; at < 60; at++) {
      for (int value : new int[] {0, 1, 8, 0x7f, 0x80, 0xff}) {
        byte[] bad = good.clone();
        bad[at] = (byte) value;
        assertThat(ExifOrientation.of(bad)).isBetween(1, 8);
      }
      byte[] cut = Arrays.copyOf(good, at);
      assertThat(ExifOrientation.of(cut)).isIn(1, 6);
    }
    int list = 2 + 4 + 6 + 4; // where the header points to the list
    byte[] far = good.clone();
    ByteBuffer.wrap(far).order(ByteOrder.LITTLE_ENDIAN).putInt(list, -6);
    assertThat(ExifOrientation.of(far)).isEqualTo(1);
  }
}
