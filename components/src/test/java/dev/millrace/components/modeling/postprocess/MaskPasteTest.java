package dev.millrace.components.modeling.postprocess;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Against bilinear interpolation of every pixel of the picture by itself, in float64. */
class MaskPasteTest {

  private static double cell(float[] mask, int y, int x, int size) {
    return y < 0 || x < 0 || y >= size || x >= size ? 0 : mask[size * size + y * size + x];
  }

  @ParameterizedTest
  @CsvSource({
    "20.5, 10.25, 60.75, 90, 0.5",
    "0, 0, 100, 80, 0.5",
    "-0, 30.2, 7.9, 31.1, 0.5",
    "93.3, 70, 100, 80, 0.5",
    "40, 40, 41, 41, 0.3",
    "10, 20, 90, 75, 0.9",
    "10, 20, 90, 75, 1"
  })
  void isWhatInterpolationOfEachPixelSays(float x1, float y1, float x2, float y2, float threshold) {
    int size = 7;
    Random random = new Random(3);
    float[] masks = new float[2 * size * size]; // the second is pasted
    for (int i = 0; i < masks.length; i++) {
      masks[i] = random.nextFloat();
    }
    float[] box = {x1, y1, x2, y2};
    Rle rle = new MaskPaste(80, 100, threshold).paste(masks, size * size, size, size, box);
    boolean[] found = rle.pixels();
    int inside = 0;
    for (int y = 0; y < 80; y++) {
      for (int x = 0; x < 100; x++) {
        double v = (y + 0.5 - y1) / (y2 - y1) * size - 0.5;
        double u = (x + 0.5 - x1) / (x2 - x1) * size - 0.5;
        int low = (int) Math.floor(v);
        int left = (int) Math.floor(u);
        double value =
            (1 - (v - low))
                    * ((1 - (u - left)) * cell(masks, low, left, size)
                        + (u - left) * cell(masks, low, left + 1, size))
                + (v - low)
                    * ((1 - (u - left)) * cell(masks, low + 1, left, size)
                        + (u - left) * cell(masks, low + 1, left + 1, size));
        boolean near =
            x >= Math.floor(x1) - 1
                && x < Math.ceil(x2) + 1
                && y >= Math.floor(y1) - 1
                && y < Math.ceil(y2) + 1;
        if (Math.abs(value - threshold) > 1e-5) {
          assertThat(found[y * 100 + x])
              .as("pixel %d %d: %s", x, y, value)
              .isEqualTo(near && value > threshold);
        }
        inside += value > threshold ? 1 : 0;
      }
    }
    if (threshold == 1 || x2 - x1 > 5) {
      assertThat(inside > 0).isEqualTo(threshold < 1);
    }
  }
}
