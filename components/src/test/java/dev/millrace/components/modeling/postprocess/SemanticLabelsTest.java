package dev.millrace.components.modeling.postprocess;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.components.modeling.DenseArray;
import dev.millrace.components.modeling.DenseInstances;
import dev.millrace.components.modeling.Detections;
import dev.millrace.components.modeling.ImageBatch;
import dev.millrace.components.modeling.Segment;
import dev.millrace.components.modeling.semantic.SemSegHead;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SemanticLabelsTest {

  private static DenseInstances logits(float[] numbers, long... shape) {
    int images = (int) shape[0];
    return new DenseInstances(
        images,
        0,
        new float[0],
        new float[0],
        new long[0],
        new int[images],
        Map.of(),
        Map.of(SemSegHead.SEM_SEG, new DenseArray(shape, numbers)));
  }

  private static ImageBatch batch(int height, int width, int[] sizes, int[] sourceSizes) {
    return new ImageBatch(
        sizes.length / 2, height, width, ByteBuffer.allocate(0), sizes, sourceSizes);
  }

  /** torch's bilinear interpolation of one plane, with half-pixel centres, in double arithmetic. */
  private static double[][] resized(double[][] plane, int height, int width) {
    double[][] out = new double[height][width];
    for (int y = 0; y < height; y++) {
      double atY = Math.max(0, (y + 0.5) * plane.length / height - 0.5);
      int y0 = (int) atY;
      int y1 = Math.min(y0 + 1, plane.length - 1);
      for (int x = 0; x < width; x++) {
        double atX = Math.max(0, (x + 0.5) * plane[0].length / width - 0.5);
        int x0 = (int) atX;
        int x1 = Math.min(x0 + 1, plane[0].length - 1);
        double top = plane[y0][x0] * (1 - atX + x0) + plane[y0][x1] * (atX - x0);
        double bottom = plane[y1][x0] * (1 - atX + x0) + plane[y1][x1] * (atX - x0);
        out[y][x] = top * (1 - atY + y0) + bottom * (atY - y0);
      }
    }
    return out;
  }

  private static double[][] cut(double[][] plane, int height, int width) {
    double[][] out = new double[height][];
    for (int y = 0; y < height; y++) {
      out[y] = java.util.Arrays.copyOf(plane[y], width);
    }
    return out;
  }

  @ParameterizedTest
  @CsvSource({
    "4, 24, 32, 24, 32",
    "4, 22, 29, 44, 58",
    "4, 22, 29, 11, 13",
    "4, 23, 31, 100, 7",
    "1, 6, 7, 20, 9",
    "8, 41, 50, 97, 61",
    "2, 1, 1, 5, 6"
  })
  void enlargedCutAndResizedThenTheLargest(
      int factor, int imageHeight, int imageWidth, int height, int width) {
    int rows = 6;
    int columns = 8;
    int classes = 5;
    Random random = new Random(factor * 31L + height);
    float[] numbers = new float[2 * classes * rows * columns];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = (float) random.nextGaussian();
    }
    int[] sizes = {imageHeight, imageWidth, imageHeight, imageWidth};
    int[] labels =
        SemanticLabels.of(
                logits(numbers, 2, classes, rows, columns),
                batch(rows * factor, columns * factor, sizes, new int[] {3, 3, height, width}))
            .labels(1);
    assertThat(labels).hasSize(height * width);
    double[][][] planes = new double[classes][][];
    for (int c = 0; c < classes; c++) {
      double[][] plane = new double[rows][columns];
      for (int i = 0; i < rows * columns; i++) {
        plane[i / columns][i % columns] = numbers[(classes + c) * rows * columns + i];
      }
      planes[c] =
          resized(
              cut(resized(plane, rows * factor, columns * factor), imageHeight, imageWidth),
              height,
              width);
    }
    for (int i = 0; i < labels.length; i++) {
      double most = Double.NEGATIVE_INFINITY;
      for (double[][] plane : planes) {
        most = Math.max(most, plane[i / width][i % width]);
      }
      assertThat(planes[labels[i]][i / width][i % width]).isGreaterThan(most - 1e-5);
    }
  }

  @Test
  void everyClassIsASegmentOfItsPixels() {
    float[] numbers = {
      1, 0, 0, 0, // class 0 at the left top
      0, 0, 0, 0,
      0, 1, 1, 1
    };
    Detections found =
        new SemanticPostprocessor(List.of("road", "sky"))
            .postprocess(
                logits(numbers, 1, 3, 2, 2),
                batch(2, 2, new int[] {2, 2}, new int[] {2, 2}),
                List.of())
            .get(0);
    assertThat(found.objects()).isEmpty();
    assertThat(found.segments()).extracting(Segment::label).containsExactly("road", "class 2");
    assertThat(found.segments()).extracting(Segment::area).containsExactly(1, 3);
    assertThat(found.segments()).extracting(Segment::thing).containsOnly(false);
    assertThat(Rle.of(found.segments().get(1).mask()).pixels())
        .containsExactly(false, true, true, true);
  }

  @Test
  void aNetworkWithoutSuchAHeadIsRefusedInWords() {
    DenseInstances boxes =
        new DenseInstances(1, 0, new float[0], new float[0], new long[0], new int[1]);
    assertThatThrownBy(
            () ->
                new SemanticPostprocessor(List.of())
                    .postprocess(boxes, batch(4, 4, new int[] {4, 4}, new int[] {4, 4}), List.of()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("semSegHead");
  }
}
