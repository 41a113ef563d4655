package dev.millrace.components.trace;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.millrace.components.engine.TwoForms;
import dev.millrace.components.engine.TwoForms.Result;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** ROIAlign, eager and traced, against each other and against torchvision's definition. */
class RoiAlignTest {

  private static final int CHANNELS = 3;

  @ParameterizedTest
  @CsvSource({
    "true, 0, 7, 7",
    "true, 2, 7, 7",
    "false, 0, 7, 7",
    "false, 2, 7, 7",
    "true, 0, 1, 3",
    "false, 3, 4, 2"
  })
  void oneLevel(boolean aligned, int samples, int height, int width) {
    VisionOps.RoiAlign how = new VisionOps.RoiAlign(height, width, samples, aligned);
    for (int seed = 0; seed < 3; seed++) {
      check(new Random(seed), 2, 12, List.of(new int[] {9, 13}), List.of(1 / 16f), how, seed != 2);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
  void severalLevels(int images) {
    VisionOps.RoiAlign how = new VisionOps.RoiAlign(5, 5, images % 2 * 2, images % 3 != 0);
    check(
        new Random(images),
        images,
        11,
        List.of(new int[] {24, 32}, new int[] {12, 16}, new int[] {6, 8}),
        List.of(1 / 4f, 1 / 8f, 1 / 16f),
        how,
        true);
  }

  /** Boxes on the border, across it, beyond it; thin, empty, and larger than the image. */
  @ParameterizedTest
  @CsvSource({"true, 0", "true, 2", "false, 0", "false, 2"})
  void boxesAtTheEdgeOfThings(boolean aligned, int samples) {
    float[] boxes = {
      0,
      0,
      160,
      128, // the whole image
      -40,
      -40,
      200,
      168, // more than that
      0,
      0,
      16,
      16, // a corner cell
      144,
      112,
      160,
      128, // the opposite one
      150,
      120,
      190,
      150, // across the border
      400,
      400,
      480,
      480, // beyond it
      -90,
      -90,
      -50,
      -50, // before it
      30,
      30,
      30,
      60, // no width
      30,
      30,
      60,
      30, // no height
      48,
      48,
      48,
      48, // a point
      10.25f,
      20.75f,
      11,
      21.5f // less than a cell
    };
    VisionOps.RoiAlign how = new VisionOps.RoiAlign(4, 4, samples, aligned);
    float[] feature = Draw.floats(new Random(5), CHANNELS * 8 * 10, -2, 2);
    compare(
        1, 11, List.of(feature), List.of(new int[] {8, 10}), List.of(1 / 16f), boxes, null, how);
  }

  @Test
  void aLevelWithoutBoxesIsNoMatter() {
    float[] boxes = {0, 0, 60, 60, 10, 10, 50, 30};
    Random random = new Random(2);
    compare(
        1,
        2,
        List.of(
            Draw.floats(random, CHANNELS * 16 * 16, -1, 1),
            Draw.floats(random, CHANNELS * 8 * 8, -1, 1)),
        List.of(new int[] {16, 16}, new int[] {8, 8}),
        List.of(1 / 4f, 1 / 8f),
        boxes,
        new long[] {1, 1},
        new VisionOps.RoiAlign(2, 2, 0, true));
  }

  @Test
  void noBoxesOnSeveralLevels() {
    compare(
        2,
        0,
        List.of(new float[2 * CHANNELS * 64], new float[2 * CHANNELS * 16]),
        List.of(new int[] {8, 8}, new int[] {4, 4}),
        List.of(1 / 4f, 1 / 8f),
        new float[0],
        new long[0],
        new VisionOps.RoiAlign(2, 2, 0, true));
  }

  @Test
  void boxesThatCoverNothing() {
    compare(
        1,
        2,
        List.of(Draw.floats(new Random(2), CHANNELS * 64, -1, 1)),
        List.of(new int[] {8, 8}),
        List.of(1 / 4f),
        new float[] {5, 5, 5, 5, 500, 500, 510, 510},
        null,
        new VisionOps.RoiAlign(2, 2, 0, true));
  }

  /** As many boxes as a real model proposes on the finest map that it has, at half its channels. */
  @Test
  void manyBoxesOnAFineMapTakeNoMoreMemoryThanTheyCover() {
    int channels = 128;
    int each = 1000;
    Random random = new Random(6);
    float[] boxes = new float[4 * each];
    for (int i = 0; i < boxes.length; i += 4) {
      boxes[i] = random.nextFloat() * 1200;
      boxes[i + 1] = random.nextFloat() * 700;
      boxes[i + 2] = boxes[i] + random.nextFloat() * 110;
      boxes[i + 3] = boxes[i + 1] + random.nextFloat() * 110;
    }
    new TwoForms()
        .floats("boxes", new Shape(1, each, 4), boxes)
        .longs("levels", new Shape(1, each), new long[each])
        .floats(
            "map",
            new Shape(1, channels, 200, 336),
            Draw.floats(random, channels * 200 * 336, -1, 1))
        .agree(
            2e-4,
            (f, v) ->
                v.put(
                    "pooled",
                    VisionOps.roiAlign(
                        List.of(v.get("map")),
                        List.of(1 / 4f),
                        v.get("boxes"),
                        v.get("levels"),
                        new VisionOps.RoiAlign(7, 7, 0, true))));
  }

  private static void check(
      Random random,
      int images,
      int each,
      List<int[]> sizes,
      List<Float> scales,
      VisionOps.RoiAlign how,
      boolean inside) {
    List<float[]> features = new ArrayList<>();
    for (int[] size : sizes) {
      features.add(Draw.floats(random, images * CHANNELS * size[0] * size[1], -2, 2));
    }
    float height = sizes.get(0)[0] / scales.get(0);
    float width = sizes.get(0)[1] / scales.get(0);
    float margin = inside ? 0 : 60;
    float[] boxes = new float[images * each * 4];
    for (int i = 0; i < boxes.length; i += 4) {
      float[] x = Draw.floats(random, 2, -margin, width + margin);
      float[] y = Draw.floats(random, 2, -margin, height + margin);
      boxes[i] = Math.min(x[0], x[1]);
      boxes[i + 1] = Math.min(y[0], y[1]);
      boxes[i + 2] = Math.max(x[0], x[1]);
      boxes[i + 3] = Math.max(y[0], y[1]);
    }
    long[] levels = random.longs((long) images * each, 0, sizes.size()).toArray();
    compare(images, each, features, sizes, scales, boxes, levels, how);
  }

  private static void compare(
      int images,
      int each,
      List<float[]> features,
      List<int[]> sizes,
      List<Float> scales,
      float[] boxes,
      long[] given,
      VisionOps.RoiAlign how) {
    long[] levels = given == null ? new long[images * each] : given;
    TwoForms forms =
        new TwoForms()
            .floats("boxes", new Shape(images, each, 4), boxes)
            .longs("levels", new Shape(images, each), levels);
    for (int l = 0; l < sizes.size(); l++) {
      forms.floats(
          "f" + l, new Shape(images, CHANNELS, sizes.get(l)[0], sizes.get(l)[1]), features.get(l));
    }
    Result pooled =
        forms
            .agree(
                2e-4,
                (f, v) -> {
                  List<NDArray> maps = new ArrayList<>();
                  for (int l = 0; l < sizes.size(); l++) {
                    maps.add(v.get("f" + l));
                  }
                  v.put(
                      "pooled",
                      VisionOps.roiAlign(maps, scales, v.get("boxes"), v.get("levels"), how));
                })
            .get("pooled");
    int size = CHANNELS * how.height() * how.width();
    float[][] rows = PlainVision.rows(boxes, 0, images * each);
    for (int r = 0; r < rows.length; r++) {
      int l = (int) levels[r];
      double[] expected =
          PlainVision.roiAlign(
              planes(features.get(l), sizes.get(l), r / each), rows[r], scales.get(l), how);
      TwoForms.close(
          "box " + Arrays.toString(rows[r]),
          Arrays.copyOfRange(pooled.numbers(), r * size, (r + 1) * size),
          expected,
          2e-4);
    }
    assertThat(pooled.type()).isEqualTo(DataType.FLOAT32);
  }

  private static float[][][] planes(float[] all, int[] size, int image) {
    float[][][] planes = new float[CHANNELS][size[0]][];
    int at = image * CHANNELS * size[0] * size[1];
    for (float[][] plane : planes) {
      for (int y = 0; y < size[0]; y++) {
        plane[y] = Arrays.copyOfRange(all, at, at + size[1]);
        at += size[1];
      }
    }
    return planes;
  }
}
