package dev.millrace.components.supervision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MatcherTest {

  private static final List<Double> THRESHOLDS = List.of(0.3, 0.7);
  private static final List<Integer> LABELS = List.of(0, -1, 1);
  private static final Matcher STRICT = new Matcher(THRESHOLDS, LABELS, false);
  private static final Matcher KIND = new Matcher(THRESHOLDS, LABELS, true);

  private static float[] boxes(float... numbers) {
    return numbers;
  }

  /** Corners on a grid, so that boxes are equal, touch, contain each other, or are empty. */
  private static float[] random(Random random, int count, int grid) {
    float[] boxes = new float[4 * count];
    for (int i = 0; i < boxes.length; i += 4) {
      for (int axis = 0; axis < 2; axis++) {
        int a = random.nextInt(grid);
        int b = random.nextInt(grid);
        boxes[i + axis] = Math.min(a, b);
        boxes[i + 2 + axis] = Math.max(a, b);
      }
    }
    return boxes;
  }

  private static float iou(float[] a, int i, float[] b, int j) {
    float w = Math.min(a[4 * i + 2], b[4 * j + 2]) - Math.max(a[4 * i], b[4 * j]);
    float h = Math.min(a[4 * i + 3], b[4 * j + 3]) - Math.max(a[4 * i + 1], b[4 * j + 1]);
    float both = Math.max(w, 0) * Math.max(h, 0);
    float first = (a[4 * i + 2] - a[4 * i]) * (a[4 * i + 3] - a[4 * i + 1]);
    float second = (b[4 * j + 2] - b[4 * j]) * (b[4 * j + 3] - b[4 * j + 1]);
    return both > 0 ? both / (first + second - both) : 0;
  }

  /** {@code matcher.py} line by line, over the whole matrix. */
  private static Matcher.Matches reference(Matcher matcher, float[] truth, float[] boxes) {
    int objects = truth.length / 4;
    int count = boxes.length / 4;
    float[][] matrix = new float[objects][count];
    float[] highestOfObject = new float[objects];
    for (int g = 0; g < objects; g++) {
      for (int i = 0; i < count; i++) {
        matrix[g][i] = iou(truth, g, boxes, i);
        highestOfObject[g] = Math.max(highestOfObject[g], matrix[g][i]);
      }
    }
    int[] best = new int[count];
    int[] labels = new int[count];
    for (int i = 0; i < count; i++) {
      for (int g = 1; g < objects; g++) {
        best[i] = matrix[g][i] > matrix[best[i]][i] ? g : best[i];
      }
      float quality = objects == 0 ? Float.NEGATIVE_INFINITY : matrix[best[i]][i];
      int range = 0;
      for (double threshold : matcher.thresholds()) {
        range += quality >= (float) threshold ? 1 : 0;
      }
      labels[i] = matcher.labels().get(range);
      for (int g = 0; matcher.allowLowQualityMatches() && g < objects; g++) {
        labels[i] = matrix[g][i] == highestOfObject[g] ? 1 : labels[i];
      }
    }
    return new Matcher.Matches(best, labels);
  }

  private static void same(Matcher matcher, float[] truth, float[] boxes) {
    Matcher.Matches found = matcher.match(truth, boxes);
    Matcher.Matches expected = reference(matcher, truth, boxes);
    assertThat(found.objects()).isEqualTo(expected.objects());
    assertThat(found.labels()).isEqualTo(expected.labels());
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 6, 20, 1000})
  void asTheWholeMatrixSays(int grid) {
    List<Matcher> matchers =
        List.of(
            STRICT,
            KIND,
            new Matcher(List.of(0.5), List.of(0, 1), false),
            new Matcher(List.of(0.5), List.of(0, 1), true),
            new Matcher(List.of(0.0, 0.4, 0.5), List.of(0, -1, 0, 1), true));
    for (int seed = 0; seed < 200; seed++) {
      Random random = new Random(seed);
      float[] truth = random(random, random.nextInt(9), grid);
      float[] boxes = random(random, random.nextInt(120), grid);
      for (Matcher matcher : matchers) {
        same(matcher, truth, boxes);
      }
    }
  }

  @Test
  void thresholdsBelongToTheRangeAbove() {
    float[] truth = boxes(0, 0, 10, 10);
    float[] some = boxes(0, 0, 10, 10, 0, 0, 10, 7, 0, 0, 10, 6.9f, 0, 0, 10, 3, 0, 0, 10, 2.9f);
    assertThat(STRICT.match(truth, some).labels()).containsExactly(1, 1, -1, -1, 0);
    assertThat(STRICT.match(truth, some).objects()).containsOnly(0);
  }

  @Test
  void theBestBoxesOfAnObjectAreItsHoweverBad() {
    float[] truth = boxes(0, 0, 10, 10, 50, 50, 60, 60);
    float[] some = boxes(0, 0, 10, 2, 0, 8, 10, 10, 0, 0, 10, 1, 50, 50, 60, 60);
    assertThat(STRICT.match(truth, some).labels()).containsExactly(0, 0, 0, 1);
    assertThat(KIND.match(truth, some).labels()).containsExactly(1, 1, 0, 1);
    assertThat(KIND.match(truth, some).objects()).containsExactly(0, 0, 0, 1);
  }

  /** It is labelled for the object whose best it is, but answers for the one it overlaps most. */
  @Test
  void aBadBestBoxAnswersForItsOwnBestObject() {
    float[] truth = boxes(0, 0, 10, 10, 0, 0, 10, 2);
    float[] some = boxes(0, 0, 10, 9, 0, 0, 10, 10);
    Matcher.Matches found = KIND.match(truth, some);
    assertThat(found.objects()).containsExactly(0, 0);
    assertThat(found.labels()).containsExactly(1, 1);
  }

  @Test
  void ofEqualObjectsTheFirst() {
    float[] truth = boxes(90, 90, 99, 99, 0, 0, 10, 10, 0, 0, 10, 10);
    assertThat(STRICT.match(truth, boxes(0, 0, 10, 10, 70, 70, 80, 80)).objects())
        .containsExactly(1, 0);
  }

  /** Detectron2's: the largest overlap is 0 then, and every box that has it is among the best. */
  @Test
  void anObjectThatOverlapsNothingTakesAllThatDoNotOverlapIt() {
    float[] truth = boxes(0, 0, 10, 10, 500, 500, 510, 510);
    float[] some = boxes(0, 0, 10, 10, 0, 0, 10, 1, 20, 20, 30, 30);
    assertThat(KIND.match(truth, some).labels()).containsExactly(1, 1, 1);
    assertThat(KIND.match(truth, some).objects()).containsExactly(0, 0, 0);
    assertThat(STRICT.match(truth, some).labels()).containsExactly(1, 0, 0);
  }

  @Test
  void withoutObjectsAllIsBackground() {
    assertThat(KIND.match(new float[0], random(new Random(1), 5, 9)).labels())
        .containsExactly(0, 0, 0, 0, 0);
    assertThat(KIND.match(random(new Random(1), 5, 9), new float[0]).labels()).isEmpty();
  }

  @Test
  void rangesAndLabelsMustFit() {
    for (Runnable wrong :
        List.<Runnable>of(
            () -> new Matcher(List.of(0.7, 0.3), LABELS, true),
            () -> new Matcher(List.of(0.5), LABELS, true),
            () -> new Matcher(THRESHOLDS, List.of(0, 2, 1), true))) {
      assertThatIllegalArgumentException()
          .isThrownBy(wrong::run)
          .withMessageStartingWith("expected ascending thresholds and one label (-1, 0 or 1) more");
    }
  }
}
