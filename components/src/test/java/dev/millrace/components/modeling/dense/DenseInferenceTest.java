package dev.millrace.components.modeling.dense;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.types.Shape;
import dev.millrace.components.engine.TwoForms;
import dev.millrace.components.modeling.BoxTransform;
import dev.millrace.components.modeling.Forward;
import dev.millrace.components.modeling.Values;
import dev.millrace.components.modeling.proposal.AnchorPredictions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against the same once more, in the plainest way and in double arithmetic. */
class DenseInferenceTest {

  private static final int IMAGES = 2;
  private static final int CLASSES = 3;
  private static final int[] ROWS = {60, 7};
  private static final double SCORE_THRESH = 0.3;
  private static final double NMS_THRESH = 0.4;

  private record Found(double[] box, float score, int classId) {}

  private static float[] random(Random random, int count, double from, double to) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) (from + (to - from) * random.nextDouble());
    }
    return values;
  }

  private static float[] anchors(Random random, int count) {
    float[] boxes = random(random, 4 * count, 0, 60);
    for (int i = 0; i < boxes.length; i += 4) {
      boxes[i + 2] = boxes[i] + 5 + boxes[i + 2] / 2;
      boxes[i + 3] = boxes[i + 1] + 5 + boxes[i + 3] / 2;
    }
    return boxes;
  }

  private static double[] moved(float[] anchors, int a, float[] deltas, int d) {
    double[] box = new double[4];
    for (int axis = 0; axis < 2; axis++) {
      double size = anchors[4 * a + axis + 2] - anchors[4 * a + axis];
      double centre = anchors[4 * a + axis] + size / 2 + deltas[4 * d + axis] * size;
      double half = size * Math.exp(deltas[4 * d + axis + 2]) / 2;
      box[axis] = centre - half;
      box[axis + 2] = centre + half;
    }
    return box;
  }

  private static double iou(double[] a, double[] b) {
    double w = Math.max(0, Math.min(a[2], b[2]) - Math.max(a[0], b[0]));
    double h = Math.max(0, Math.min(a[3], b[3]) - Math.max(a[1], b[1]));
    double all = (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]);
    return w * h / (all - w * h);
  }

  private static List<Found> plain(
      int image, float[][] scores, float[][] deltas, float[][] anchors, int topk, int most) {
    List<Found> candidates = new ArrayList<>();
    for (int level = 0; level < ROWS.length; level++) {
      List<Found> pairs = new ArrayList<>();
      for (int r = 0; r < ROWS[level]; r++) {
        int row = image * ROWS[level] + r;
        for (int c = 0; c < CLASSES; c++) {
          float score = scores[level][row * CLASSES + c];
          if (score > SCORE_THRESH) {
            pairs.add(new Found(moved(anchors[level], r, deltas[level], row), score, c));
          }
        }
      }
      pairs.sort(Comparator.comparing(found -> -found.score()));
      candidates.addAll(pairs.subList(0, Math.min(topk, pairs.size())));
    }
    candidates.sort(Comparator.comparing(found -> -found.score()));
    List<Found> kept = new ArrayList<>();
    for (Found candidate : candidates) {
      boolean free =
          kept.stream()
              .noneMatch(
                  k ->
                      k.classId() == candidate.classId()
                          && iou(k.box(), candidate.box()) > NMS_THRESH);
      if (free) {
        kept.add(candidate);
      }
    }
    return kept.subList(0, Math.min(most, kept.size()));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 5, 20, 1000})
  void findsWhatThePlainestWayFinds(int topk) {
    for (int most : new int[] {4, 100}) {
      agrees(new Random(10L * topk + most), topk, most);
    }
  }

  private static void agrees(Random random, int topk, int most) {
    TwoForms forms = new TwoForms();
    float[][] scores = new float[ROWS.length][];
    float[][] deltas = new float[ROWS.length][];
    float[][] anchors = new float[ROWS.length][];
    for (int level = 0; level < ROWS.length; level++) {
      int rows = IMAGES * ROWS[level];
      scores[level] = random(random, rows * CLASSES, 0, 1);
      deltas[level] = random(random, rows * 4, -0.3, 0.3);
      anchors[level] = anchors(random, ROWS[level]);
      forms.floats("scores" + level, new Shape(IMAGES, ROWS[level], CLASSES), scores[level]);
      forms.floats("deltas" + level, new Shape(IMAGES, ROWS[level], 4), deltas[level]);
    }
    DenseInference inference =
        new DenseInference((float) SCORE_THRESH, topk, (float) NMS_THRESH, most);
    Map<String, TwoForms.Result> results =
        forms.agree(1e-5, (f, v) -> infer(f, v, anchors, inference));
    int width = (int) results.get("instances.scores").shape().get(1);
    for (int n = 0; n < IMAGES; n++) {
      List<Found> expected = plain(n, scores, deltas, anchors, topk, most);
      assertThat((int) results.get("instances.counts").floats()[n])
          .isEqualTo(expected.size())
          .isPositive();
      for (int i = 0; i < expected.size(); i++) {
        int row = n * width + i;
        assertThat(results.get("instances.scores").floats()[row])
            .isEqualTo(expected.get(i).score());
        assertThat(results.get("instances.classes").longs()[row])
            .isEqualTo(expected.get(i).classId());
        for (int k = 0; k < 4; k++) {
          assertThat(results.get("instances.boxes").numbers()[4 * row + k])
              .isCloseTo(expected.get(i).box()[k], within(1e-3));
        }
      }
    }
  }

  private static void infer(Forward f, Values v, float[][] anchors, DenseInference inference) {
    List<AnchorPredictions> levels = new ArrayList<>();
    for (int level = 0; level < ROWS.length; level++) {
      levels.add(
          new AnchorPredictions(v.get("scores" + level), v.get("deltas" + level), anchors[level]));
    }
    inference.forward(f.manager(), levels, new BoxTransform(1, 1, 1, 1)).writeTo(v);
  }

  @Test
  void nothingAboveTheThresholdIsNothingFound() {
    float[] anchors = {0, 0, 8, 8, 4, 4, 20, 20};
    Map<String, TwoForms.Result> results =
        new TwoForms()
            .floats("scores0", new Shape(1, 2, 2), 0.5f, 0.2f, 0.1f, 0.4f)
            .floats("deltas0", new Shape(1, 2, 4), new float[8])
            .agree(
                0,
                (f, v) ->
                    new DenseInference(0.5f, 10, 0.5f, 10)
                        .forward(
                            f.manager(),
                            List.of(
                                new AnchorPredictions(v.get("scores0"), v.get("deltas0"), anchors)),
                            new BoxTransform(1, 1, 1, 1))
                        .writeTo(v));
    assertThat(results.get("instances.counts").floats()).containsExactly(0);
  }
}
