package dev.millrace.components.modeling.postprocess;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Against all sixteen products of every sample, in float64. */
class KeypointMapsTest {

  private static final int ROWS = 6;
  private static final int COLUMNS = 9;
  private static final int KEYPOINTS = 5;

  /** Keys' cubic convolution with a = -0.75. */
  private static double kernel(double distance) {
    double d = Math.abs(distance);
    double a = -0.75;
    return d <= 1
        ? (a + 2) * d * d * d - (a + 3) * d * d + 1
        : d < 2 ? a * d * d * d - 5 * a * d * d + 8 * a * d - 4 * a : 0;
  }

  private static double sample(float[] maps, int first, double y, double x) {
    double value = 0;
    for (int i = (int) Math.floor(y) - 1; i <= Math.floor(y) + 2; i++) {
      for (int j = (int) Math.floor(x) - 1; j <= Math.floor(x) + 2; j++) {
        int row = Math.min(Math.max(i, 0), ROWS - 1);
        int column = Math.min(Math.max(j, 0), COLUMNS - 1);
        value += kernel(y - i) * kernel(x - j) * maps[first + row * COLUMNS + column];
      }
    }
    return value;
  }

  @ParameterizedTest
  @CsvSource({
    "3.5, 4.25, 40.1, 60.9",
    "0, 0, 9, 6",
    "10, 10, 10.4, 10.2",
    "5, 6, 8.5, 7",
    "1, 2, 200.5, 9"
  })
  void isWhereTheLargestOfAllSamplesIs(float x1, float y1, float x2, float y2) {
    Random random = new Random(8);
    float[] maps = new float[(1 + KEYPOINTS) * ROWS * COLUMNS]; // of the box from the second on
    for (int i = 0; i < maps.length; i++) {
      maps[i] = (float) (2 * random.nextGaussian());
    }
    float[] box = {x1, y1, x2, y2};
    float[] found = new KeypointMaps(ROWS, COLUMNS).find(maps, ROWS * COLUMNS, KEYPOINTS, box);
    double width = Math.max(x2 - x1, 1);
    double height = Math.max(y2 - y1, 1);
    int w = (int) Math.ceil(width);
    int h = (int) Math.ceil(height);
    for (int k = 0; k < KEYPOINTS; k++) {
      int first = (1 + k) * ROWS * COLUMNS;
      double best = Double.NEGATIVE_INFINITY;
      double x = 0;
      double y = 0;
      for (int i = 0; i < h; i++) {
        for (int j = 0; j < w; j++) {
          double value =
              sample(
                  maps,
                  first,
                  (double) ROWS / h * (i + 0.5) - 0.5,
                  (double) COLUMNS / w * (j + 0.5) - 0.5);
          if (value > best) {
            best = value;
            x = (j + 0.5) * width / w + x1;
            y = (i + 0.5) * height / h + y1;
          }
        }
      }
      double sum = 0;
      for (int i = first; i < first + ROWS * COLUMNS; i++) {
        sum += Math.exp(maps[i] - best);
      }
      assertThat(found[3 * k]).isCloseTo((float) x, within(1e-3f));
      assertThat(found[3 * k + 1]).isCloseTo((float) y, within(1e-3f));
      assertThat(found[3 * k + 2]).isCloseTo((float) Math.min(1, 1 / sum), within(1e-4f));
    }
  }
}
