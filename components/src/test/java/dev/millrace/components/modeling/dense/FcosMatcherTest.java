package dev.millrace.components.modeling.dense;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.components.modeling.proposal.DefaultAnchorGenerator;
import dev.millrace.components.supervision.Matcher;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FcosMatcherTest {

  private static final int[] STRIDES = {8, 16, 32};
  private static final int[] CELLS = {16 * 16, 8 * 8, 4 * 4};

  private static float[] anchors() {
    DefaultAnchorGenerator generator =
        new DefaultAnchorGenerator(
            List.of(List.of(8.0), List.of(16.0), List.of(32.0)), List.of(List.of(1.0)), STRIDES, 0);
    float[] all = new float[4 * (CELLS[0] + CELLS[1] + CELLS[2])];
    int at = 0;
    for (int level = 0; level < 3; level++) {
      int side = 128 / STRIDES[level];
      for (float v : generator.anchors(level, side, side)) {
        all[at++] = v;
      }
    }
    return all;
  }

  private static Matcher.Matches match(double radius, float... truth) {
    return new FcosMatcher(List.of(CELLS[0], CELLS[1], CELLS[2]), radius).match(truth, anchors());
  }

  /** The object that a point of a level answers for, as the paper says it: -1 for none. */
  private static int plain(float[] truth, int level, double x, double y, double radius) {
    double smallest = Double.MAX_VALUE;
    int found = -1;
    for (int g = 0; g < truth.length / 4; g++) {
      double left = x - truth[4 * g];
      double top = y - truth[4 * g + 1];
      double right = truth[4 * g + 2] - x;
      double bottom = truth[4 * g + 3] - y;
      if (left <= 0 || top <= 0 || right <= 0 || bottom <= 0) {
        continue;
      }
      double farthest = Math.max(Math.max(left, right), Math.max(top, bottom));
      double from = level == 0 ? 0 : 4 * STRIDES[level];
      double to = level == 2 ? Double.MAX_VALUE : 8 * STRIDES[level];
      double offX = Math.abs(left - right) / 2;
      double offY = Math.abs(top - bottom) / 2;
      double area = (left + right) * (top + bottom);
      if (farthest > from
          && farthest < to
          && Math.max(offX, offY) < radius * STRIDES[level]
          && area < smallest) {
        smallest = area;
        found = g;
      }
    }
    return found;
  }

  @Test
  void everyCellAnswersForTheSmallestObjectOfItsLevelThatItIsInTheMiddleOf() {
    Random random = new Random(3);
    int matched = 0;
    for (int trial = 0; trial < 20; trial++) {
      float[] truth = new float[4 * 6];
      for (int g = 0; g < 6; g++) {
        // Eighths that no cell's middle or limit is a multiple of: no comparison is a tie.
        float width = (40 + random.nextInt(700)) / 8f + 1 / 32f;
        float height = (40 + random.nextInt(700)) / 8f + 1 / 64f;
        truth[4 * g] = random.nextInt(640) / 8f + 1 / 128f;
        truth[4 * g + 1] = random.nextInt(640) / 8f + 1 / 256f;
        truth[4 * g + 2] = truth[4 * g] + width;
        truth[4 * g + 3] = truth[4 * g + 1] + height;
      }
      Matcher.Matches matches = match(1.5, truth);
      int row = 0;
      for (int level = 0; level < 3; level++) {
        int side = 128 / STRIDES[level];
        for (int y = 0; y < side; y++) {
          for (int x = 0; x < side; x++) {
            int expected =
                plain(truth, level, (double) x * STRIDES[level], (double) y * STRIDES[level], 1.5);
            assertThat(matches.labels()[row]).isEqualTo(expected < 0 ? 0 : 1);
            if (expected >= 0) {
              assertThat(matches.objects()[row]).isEqualTo(expected);
              matched++;
            }
            row++;
          }
        }
      }
    }
    assertThat(matched).isGreaterThan(100);
  }

  @Test
  void withoutObjectsAllIsBackground() {
    assertThat(match(1.5).labels()).containsOnly(0);
  }

  @Test
  void aRadiusBoundsWhatAnswers() {
    float[] object = {33, 33, 95, 95};
    // stride 16, 62 pixels, middle at 64: rows and columns 3 to 5 are less than 24 pixels away
    assertThat(match(1.5, object).labels()).contains(1);
    long near = count(match(1.5, object));
    assertThat(count(match(0.5, object))).isLessThan(near).isPositive();
    assertThat(count(match(9, object))).isGreaterThan(near);
  }

  private static long count(Matcher.Matches matches) {
    return java.util.Arrays.stream(matches.labels()).filter(label -> label == 1).count();
  }
}
