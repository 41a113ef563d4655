package dev.millrace.components.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.millrace.components.engine.TwoForms;
import dev.millrace.components.engine.TwoForms.Result;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Suppression and selection, eager and traced, against each other and against plain Java. */
class VisionOpsTest {

  private static final float NEVER = Float.NEGATIVE_INFINITY;

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
  void theLargestComeInOrderAndTheLowerIndexFirst(int images) {
    int each = 37;
    float[] scores = new float[images * each];
    Random random = new Random(images);
    for (int i = 0; i < scores.length; i++) {
      // few different values: many ties; some rows that are no candidates
      int level = random.nextInt(6);
      scores[i] = level == 0 ? NEVER : level / 4f - 0.7f;
    }
    for (int k : new int[] {1, 5, each}) {
      Map<String, Result> found =
          new TwoForms()
              .floats("scores", new Shape(images, each), scores)
              .agree(
                  0,
                  (f, v) -> {
                    VisionOps.TopK top = VisionOps.topK(v.get("scores"), k);
                    v.put("values", top.values());
                    v.put("indices", top.indices());
                  });
      for (int n = 0; n < images; n++) {
        float[] mine = Arrays.copyOfRange(scores, n * each, (n + 1) * each);
        int[] order = PlainVision.order(mine);
        for (int i = 0; i < k; i++) {
          assertThat(found.get("indices").longs()[n * k + i]).isEqualTo(order[i]);
          assertThat(found.get("values").floats()[n * k + i]).isEqualTo(mine[order[i]]);
        }
      }
    }
  }

  /** Eager: of many rows only the first few are sorted. NaN counts as minus infinity. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 100, 999, 1000})
  void theTopOfManyIsThatOfAFullSort(int k) {
    Random random = new Random(11);
    List<IntToDoubleFunction> orders =
        List.of(
            i -> random.nextGaussian(),
            i -> random.nextInt(5) - 2,
            i -> i,
            i -> -i,
            i -> i < 500 ? i : 1000 - i,
            i -> 1 + 1e-7 * random.nextInt(3),
            i -> 0.5,
            i -> random.nextInt(3) == 0 ? Double.NaN : random.nextInt(7) - 3,
            i -> new double[] {Double.NaN, NEVER, -0., 0, 1e-44, -3e38}[random.nextInt(6)],
            i -> Double.NaN);
    float[] scores = new float[orders.size() * 1000];
    for (int i = 0; i < scores.length; i++) {
      scores[i] = (float) orders.get(i / 1000).applyAsDouble(i % 1000);
    }
    Map<String, Result> found =
        new TwoForms()
            .floats("scores", new Shape(orders.size(), 1000), scores)
            .eager(
                (f, v) -> {
                  VisionOps.TopK top = VisionOps.topK(v.get("scores"), k);
                  v.put("values", top.values());
                  v.put("indices", top.indices());
                });
    assertThat(found.get("indices").shape()).isEqualTo(new Shape(orders.size(), k));
    for (int n = 0; n < orders.size(); n++) {
      float[] mine = Arrays.copyOfRange(scores, n * 1000, (n + 1) * 1000);
      float[] comparable = mine.clone();
      for (int i = 0; i < comparable.length; i++) {
        comparable[i] = Float.isNaN(mine[i]) ? NEVER : mine[i] + 0f;
      }
      int[] order = PlainVision.order(comparable);
      for (int i = 0; i < k; i++) {
        assertThat(found.get("indices").longs()[n * k + i])
            .as("row %d, place %d", n, i)
            .isEqualTo(order[i]);
        assertThat(found.get("values").floats()[n * k + i]).isEqualTo((Float) mine[order[i]]);
      }
    }
  }

  @Test
  void topOfNegativeZeroAndInfinities() {
    new TwoForms()
        .floats(
            "scores",
            new Shape(1, 6),
            -0f,
            Float.POSITIVE_INFINITY,
            NEVER,
            1e-38f,
            -1e38f,
            Float.MAX_VALUE)
        .agree(0, (f, v) -> v.put("values", VisionOps.topK(v.get("scores"), 6).values()));
  }

  /** The kernels for CPUs would not mind, so this looks at the graph. */
  @Test
  void tracedNothingAsLowAsThatWithWhichCudaFillsUpIsSorted() {
    Trace trace = new Trace();
    VisionOps.topK(trace.input("scores", DataType.FLOAT32, new Shape(1, 4)), 2);
    Trace.Node sort =
        trace.nodes().stream().filter(node -> node.op().equals("TopK")).findFirst().orElseThrow();
    Trace.Node floor =
        trace.nodes().stream()
            .filter(node -> node.outputs().contains(sort.inputs().get(0)))
            .findFirst()
            .orElseThrow();
    assertThat(floor.op()).isEqualTo("Max");
    Trace.Constant least =
        trace.constants().stream()
            .filter(constant -> floor.inputs().contains(constant.value()))
            .findFirst()
            .orElseThrow();
    assertThat(least.data().order(ByteOrder.nativeOrder()).getFloat(0))
        .isGreaterThan(-Float.MAX_VALUE)
        .isLessThan(-1e38f);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 8})
  void picksWholeRowsOfEachImage(int images) {
    int each = 9;
    int k = 4;
    float[] rows = Draw.floats(new Random(7), images * each * 3, -9, 9);
    long[] indices = new Random(8).longs(images * k, 0, each).toArray();
    Result picked =
        new TwoForms()
            .floats("rows", new Shape(images, each, 3), rows)
            .longs("indices", new Shape(images, k), indices)
            .agree(0, (f, v) -> v.put("picked", VisionOps.pick(v.get("rows"), v.get("indices"))))
            .get("picked");
    for (int n = 0; n < images; n++) {
      for (int i = 0; i < k; i++) {
        for (int d = 0; d < 3; d++) {
          assertThat(picked.floats()[(n * k + i) * 3 + d])
              .isEqualTo(rows[(n * each + (int) indices[n * k + i]) * 3 + d]);
        }
      }
    }
  }

  /** Boxes on a coarse grid: equal boxes, shared edges, boxes within boxes and empty ones. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
  void suppressesAsBruteForceDoes(int groups) {
    for (int seed = 0; seed < 6; seed++) {
      Random random = new Random(100 * groups + seed);
      int classes = 1 + random.nextInt(3);
      int each = new int[] {1, 2, 17, 40}[random.nextInt(4)];
      float[] boxes = Draw.gridBoxes(random, groups * each, 12, 8f);
      float[] scores = new float[groups * classes * each];
      for (int i = 0; i < scores.length; i++) {
        int level = random.nextInt(12);
        scores[i] = level == 0 ? NEVER : level / 12f;
      }
      // No ratio of small whole numbers: the engines round at the threshold itself as they like.
      float iou = new float[] {0.3141f, 0.4987f, 0.7013f}[random.nextInt(3)];
      float above = random.nextBoolean() ? NEVER : 0.3f;
      int most = random.nextBoolean() ? each : 3;
      boolean[] kept = nms(groups, classes, each, boxes, scores, iou, above, most);
      for (int g = 0; g < groups; g++) {
        float[][] mine = PlainVision.rows(boxes, g * each, each);
        for (int c = 0; c < classes; c++) {
          int from = (g * classes + c) * each;
          assertThat(Arrays.copyOfRange(kept, from, from + each))
              .as("seed %d, group %d, class %d", seed, g, c)
              .isEqualTo(
                  PlainVision.nms(
                      mine, Arrays.copyOfRange(scores, from, from + each), iou, above, most));
        }
      }
    }
  }

  @Test
  void keepsNothingWhereNothingScores() {
    float[] boxes = Draw.gridBoxes(new Random(1), 5, 12, 8f);
    float[] none = new float[5];
    Arrays.fill(none, NEVER);
    assertThat(nms(1, 1, 5, boxes, none, 0.5f, NEVER, 5)).containsOnly(false);
    Arrays.fill(none, 0.05f);
    assertThat(nms(1, 1, 5, boxes, none, 0.5f, 0.05f, 5))
        .as("a score at the threshold is not above it")
        .containsOnly(false);
  }

  @Test
  void keepsOneBoxAndTheFirstOfEqualOnes() {
    float[] box = {3, 4, 30, 40};
    assertThat(nms(1, 1, 1, box, new float[] {0.9f}, 0.5f, 0.05f, 100)).containsExactly(true);
    float[] three = {3, 4, 30, 40, 3, 4, 30, 40, 3, 4, 30, 40};
    assertThat(nms(1, 1, 3, three, new float[] {0.5f, 0.5f, 0.5f}, 0.5f, 0.05f, 100))
        .containsExactly(true, false, false);
    assertThat(nms(1, 1, 3, three, new float[] {0.5f, 0.5f, 0.6f}, 0.5f, 0.05f, 100))
        .containsExactly(false, false, true);
  }

  @Test
  void emptyBoxesSuppressNobodyAndAreSuppressedByNobody() {
    float[] boxes = {5, 5, 5, 9, 5, 5, 5, 9, 0, 0, 20, 20, 7, 7, 7, 7};
    assertThat(nms(1, 1, 4, boxes, new float[] {0.9f, 0.8f, 0.7f, 0.6f}, 0.3f, NEVER, 9))
        .containsOnly(true);
  }

  @Test
  void everyClassHasItsOwnLimit() {
    float[] boxes = {0, 0, 9, 9, 20, 20, 29, 29, 40, 40, 49, 49};
    float[] scores = {0.1f, 0.2f, 0.3f, 0.3f, 0.2f, 0.1f};
    assertThat(nms(1, 2, 3, boxes, scores, 0.5f, NEVER, 2))
        .containsExactly(false, true, true, true, true, false);
  }

  /** An image whose every row was dropped before: arrays with a side of zero. */
  @Test
  void noRowsAtAllGiveNoRows() {
    Map<String, Result> found =
        new TwoForms()
            .floats("boxes", new Shape(2, 0, 4))
            .floats("scores", new Shape(2, 3, 0))
            .floats("flat", new Shape(2, 0))
            .floats("feature", new Shape(2, 5, 4, 4), new float[2 * 5 * 16])
            .agree(
                0,
                (f, v) -> {
                  v.put("keep", VisionOps.nms(v.get("boxes"), v.get("scores"), 0.5f, 0.05f, 100));
                  VisionOps.TopK top = VisionOps.topK(v.get("flat"), 0);
                  v.put("values", top.values());
                  v.put("indices", top.indices());
                  v.put("picked", VisionOps.pick(v.get("boxes"), top.indices()));
                  v.put(
                      "pooled",
                      VisionOps.roiAlign(
                          List.of(v.get("feature")),
                          List.of(1f),
                          v.get("boxes"),
                          top.indices(),
                          new VisionOps.RoiAlign(7, 7, 0, true)));
                });
    assertThat(found.get("keep").shape()).isEqualTo(new Shape(2, 3, 0));
    assertThat(found.get("picked").shape()).isEqualTo(new Shape(2, 0, 4));
    assertThat(found.get("pooled").shape()).isEqualTo(new Shape(0, 5, 7, 7));
  }

  private static boolean[] nms(
      int groups,
      int classes,
      int each,
      float[] boxes,
      float[] scores,
      float iou,
      float above,
      int most) {
    return new TwoForms()
        .floats("boxes", new Shape(groups, each, 4), boxes)
        .floats("scores", new Shape(groups, classes, each), scores)
        .agree(
            0,
            (f, v) ->
                v.put("keep", VisionOps.nms(v.get("boxes"), v.get("scores"), iou, above, most)))
        .get("keep")
        .booleans();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void everyCellIsRepeated(int factor) {
    float[] map = Draw.floats(new Random(5), 2 * 3 * 4 * 5, -1, 1);
    Result found =
        new TwoForms()
            .floats("map", new Shape(2, 3, 4, 5), map)
            .agree(0, (f, v) -> v.put("up", VisionOps.upsampleNearest(v.get("map"), factor)))
            .get("up");
    assertThat(found.shape()).isEqualTo(new Shape(2, 3, 4L * factor, 5L * factor));
    for (int i = 0; i < found.numbers().length; i++) {
      int x = i % (5 * factor) / factor;
      int y = i / (5 * factor) % (4 * factor) / factor;
      int plane = i / (4 * 5 * factor * factor);
      assertThat(found.numbers()[i]).isEqualTo(map[(plane * 4 + y) * 5 + x]);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4})
  void cellsAreBlendedByHowFarTheyAre(int factor) {
    Random random = new Random(factor);
    float[] map = Draw.floats(random, 2 * 3 * 4 * 5, -1, 1);
    Result found =
        new TwoForms()
            .floats("map", new Shape(2, 3, 4, 5), map)
            .agree(1e-6, (f, v) -> v.put("up", VisionOps.upsampleBilinear(v.get("map"), factor)))
            .get("up");
    assertThat(found.shape()).isEqualTo(new Shape(2, 3, 4L * factor, 5L * factor));
    for (int i = 0; i < found.numbers().length; i++) {
      double x = Math.max(0, (i % (5 * factor) + 0.5) / factor - 0.5);
      double y = Math.max(0, (i / (5 * factor) % (4 * factor) + 0.5) / factor - 0.5);
      int plane = i / (4 * 5 * factor * factor);
      int left = (int) x;
      int top = (int) y;
      double sum = 0;
      for (int dy = 0; dy < 2; dy++) {
        for (int dx = 0; dx < 2; dx++) {
          sum +=
              (dy == 0 ? 1 - (y - top) : y - top)
                  * (dx == 0 ? 1 - (x - left) : x - left)
                  * map[(plane * 4 + Math.min(3, top + dy)) * 5 + Math.min(4, left + dx)];
        }
      }
      assertThat((double) found.numbers()[i]).isCloseTo(sum, within(1e-5));
    }
  }

  /** Each cell adds the kernel, times its value, to where it lands. */
  @ParameterizedTest
  @CsvSource({"2, 2, 0", "4, 2, 1", "3, 1, 1", "3, 3, 0", "5, 3, 2"})
  void transposedConvolutionsSpreadTheKernel(int kernel, int stride, int padding) {
    Random random = new Random(kernel);
    int height = (4 - 1) * stride - 2 * padding + kernel;
    int width = (3 - 1) * stride - 2 * padding + kernel;
    float[] x = Draw.floats(random, 2 * 3 * 4 * 3, -1, 1);
    float[] weight = Draw.floats(random, 3 * 2 * kernel * kernel, -1, 1);
    float[] bias = {0.5f, -2};
    Result found =
        new TwoForms()
            .floats("x", new Shape(2, 3, 4, 3), x)
            .floats("weight", new Shape(3, 2, kernel, kernel), weight)
            .floats("bias", new Shape(2), bias)
            .agree(
                1e-5,
                (f, v) ->
                    v.put(
                        "y",
                        VisionOps.convTranspose(
                            v.get("x"), v.get("weight"), v.get("bias"), stride, padding)))
            .get("y");
    assertThat(found.shape()).isEqualTo(new Shape(2, 2, height, width));
    double[] expected = new double[2 * 2 * height * width];
    for (int i = 0; i < expected.length; i++) {
      expected[i] = bias[i / (height * width) % 2];
    }
    for (int i = 0; i < x.length; i++) {
      int n = i / (3 * 4 * 3);
      int c = i / (4 * 3) % 3;
      for (int w = 0; w < 2 * kernel * kernel; w++) {
        int row = i / 3 % 4 * stride - padding + w / kernel % kernel;
        int column = i % 3 * stride - padding + w % kernel;
        if (row >= 0 && row < height && column >= 0 && column < width) {
          int filter = w / (kernel * kernel);
          expected[((n * 2 + filter) * height + row) * width + column] +=
              x[i] * weight[c * 2 * kernel * kernel + w];
        }
      }
    }
    for (int i = 0; i < expected.length; i++) {
      assertThat((double) found.numbers()[i]).isCloseTo(expected[i], within(1e-4));
    }
  }
}
