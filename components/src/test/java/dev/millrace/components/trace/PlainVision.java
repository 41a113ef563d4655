package dev.millrace.components.trace;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * The vision operations once more, in double arithmetic and in the plainest way: what both forms
 * are held against. Shares no code with them.
 */
final class PlainVision {

  private PlainVision() {}

  /** Indices by descending value, the lower index first of equal ones. */
  static int[] order(float[] values) {
    return IntStream.range(0, values.length)
        .boxed()
        .sorted(
            Comparator.comparingDouble((Integer i) -> -(double) values[i]).thenComparingInt(i -> i))
        .mapToInt(Integer::intValue)
        .toArray();
  }

  /** Which of these boxes greedy suppression keeps. */
  static boolean[] nms(
      float[][] boxes, float[] scores, double iouThreshold, double scoreThreshold, int most) {
    boolean[] kept = new boolean[scores.length];
    boolean[] gone = new boolean[scores.length];
    int size = 0;
    for (int i : order(scores)) {
      if (gone[i] || scores[i] <= scoreThreshold || size == most) {
        continue;
      }
      if (scores[i] == Float.NEGATIVE_INFINITY) {
        continue;
      }
      kept[i] = true;
      size++;
      for (int j = 0; j < scores.length; j++) {
        gone[j] |= iou(boxes[i], boxes[j]) > iouThreshold;
      }
    }
    return kept;
  }

  /** Intersection over union; 0 where nothing is shared. */
  static double iou(float[] a, float[] b) {
    double w = Math.min((double) a[2], b[2]) - Math.max((double) a[0], b[0]);
    double h = Math.min((double) a[3], b[3]) - Math.max((double) a[1], b[1]);
    double both = Math.max(w, 0) * Math.max(h, 0);
    return both == 0 ? 0 : both / (area(a) + area(b) - both);
  }

  private static double area(float[] a) {
    return ((double) a[2] - a[0]) * ((double) a[3] - a[1]);
  }

  /**
   * torchvision's roi_align of one box: for every bin the mean of bilinear samples; a sample more
   * than one cell outside is zero.
   *
   * @param feature [channel][row][column]
   * @return [channel][row][column] of the bins, flat
   */
  static double[] roiAlign(float[][][] feature, float[] box, double scale, VisionOps.RoiAlign how) {
    int rows = how.height();
    int columns = how.width();
    double offset = how.aligned() ? 0.5 : 0;
    double x1 = box[0] * scale - offset;
    double y1 = box[1] * scale - offset;
    double width = box[2] * scale - offset - x1;
    double height = box[3] * scale - offset - y1;
    if (!how.aligned()) {
      width = Math.max(width, 1);
      height = Math.max(height, 1);
    }
    double binWidth = width / columns;
    double binHeight = height / rows;
    int down = how.samplingRatio() > 0 ? how.samplingRatio() : (int) Math.ceil(height / rows);
    int across = how.samplingRatio() > 0 ? how.samplingRatio() : (int) Math.ceil(width / columns);
    int count = Math.max(down * across, 1);
    double[] result = new double[feature.length * rows * columns];
    int at = 0;
    for (float[][] plane : feature) {
      for (int p = 0; p < rows; p++) {
        for (int q = 0; q < columns; q++) {
          double sum = 0;
          for (int i = 0; i < down; i++) {
            double y = y1 + p * binHeight + (i + 0.5) * binHeight / down;
            for (int j = 0; j < across; j++) {
              sum += bilinear(plane, y, x1 + q * binWidth + (j + 0.5) * binWidth / across);
            }
          }
          result[at++] = sum / count;
        }
      }
    }
    return result;
  }

  private static double bilinear(float[][] plane, double atY, double atX) {
    int height = plane.length;
    int width = plane[0].length;
    if (atY < -1 || atY > height || atX < -1 || atX > width) {
      return 0;
    }
    double y = Math.min(Math.max(atY, 0), height - 1);
    double x = Math.min(Math.max(atX, 0), width - 1);
    int y0 = (int) y;
    int x0 = (int) x;
    int y1 = Math.min(y0 + 1, height - 1);
    int x1 = Math.min(x0 + 1, width - 1);
    double b = y - y0;
    double a = x - x0;
    return (1 - b) * ((1 - a) * plane[y0][x0] + a * plane[y0][x1])
        + b * ((1 - a) * plane[y1][x0] + a * plane[y1][x1]);
  }

  /** Rows of four. */
  static float[][] rows(float[] flat, int from, int count) {
    float[][] rows = new float[count][];
    for (int i = 0; i < count; i++) {
      rows[i] = Arrays.copyOfRange(flat, 4 * (from + i), 4 * (from + i) + 4);
    }
    return rows;
  }
}
