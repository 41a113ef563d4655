package dev.millrace.components.modeling.postprocess;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.millrace.components.modeling.Mask;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Against loops over pixels; that the text is COCO's is seen with Detectron2's fixtures. */
class RleTest {

  /** Ellipses, or noise. */
  private static boolean[] pixels(int height, int width, Random random, boolean noise) {
    boolean[] inside = new boolean[height * width];
    double cx = random.nextDouble() * width;
    double cy = random.nextDouble() * height;
    double radius = 1 + random.nextDouble() * Math.max(height, width) / 2;
    for (int i = 0; i < inside.length; i++) {
      double dx = i % width - cx;
      double dy = i / width - cy;
      inside[i] = noise ? random.nextInt(3) == 0 : dx * dx + 2 * dy * dy < radius * radius;
    }
    return inside;
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "7, 5", "1, 40", "40, 1", "300, 200"})
  void isWhatLoopsOverPixelsSay(int height, int width) {
    Random random = new Random(height);
    for (int round = 0; round < 20; round++) {
      boolean[] a = pixels(height, width, random, round % 2 == 0);
      boolean[] b = pixels(height, width, random, round % 3 == 0);
      Rle first = Rle.of(height, width, a);
      Rle second = Rle.of(height, width, b);
      assertThat(first.pixels()).isEqualTo(a);
      Rle read = Rle.of(first.toMask());
      assertThat(read.pixels()).isEqualTo(a);
      assertThat(read.toMask()).isEqualTo(first.toMask());
      int area = 0;
      int both = 0;
      int either = 0;
      for (int i = 0; i < a.length; i++) {
        area += a[i] ? 1 : 0;
        both += a[i] && b[i] ? 1 : 0;
        either += a[i] || b[i] ? 1 : 0;
      }
      assertThat(first.area()).isEqualTo(area);
      assertThat(first.iou(second))
          .isCloseTo(either == 0 ? 0 : (double) both / either, within(1e-12));
      assertThat(first.iou(first)).isEqualTo(area == 0 ? 0 : 1);
    }
  }

  /** Written out by hand: 12 is {@code <}; 3 and 9 are {@code 3} and {@code 9}. */
  @Test
  void theTextOfAFewPixels() {
    assertThat(Rle.of(3, 4, new boolean[12]).toMask()).isEqualTo(new Mask(3, 4, "<"));
    boolean[] rest = new boolean[12];
    for (int i = 0; i < 12; i++) {
      rest[i] = i % 4 > 0; // all but the first column
    }
    assertThat(Rle.of(3, 4, rest).toMask()).isEqualTo(new Mask(3, 4, "39"));
    // 40 takes two characters, its low five bits first: 8 with "more" (0x28 + 48), then 1.
    assertThat(Rle.of(40, 1, new boolean[40]).toMask()).isEqualTo(new Mask(40, 1, "X1"));
  }

  @ParameterizedTest
  @CsvSource({
    "'', found runs of 0 pixels in all",
    "'=', ends outside",
    "';', found runs of 11 pixels in all",
    "'X', found none at character 1",
    "'XXXXXXXXXX', found none at character",
    "'é', found none at character 1",
    "'O', found a run of -1"
  })
  void brokenTextIsRefused(String counts, String found) {
    assertThatThrownBy(() -> Rle.of(new Mask(3, 4, counts)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expected run lengths of 4 x 3 pixels")
        .hasMessageContaining(found);
  }

  @Test
  void masksOfOtherPicturesAreRefused() {
    Rle one = Rle.of(2, 3, new boolean[6]);
    assertThatThrownBy(() -> one.iou(Rle.of(3, 2, new boolean[6])))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expected a mask of 3 x 2 pixels, found 2 x 3");
  }
}
