package dev.millrace.components.trace;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.convolutional.Conv2d;
import java.util.Arrays;
import java.util.List;

/**
 * The eager forms of {@link VisionOps}: what depends on data is decided in Java, gradients flow
 * through the features.
 */
final class EagerVision {

  private EagerVision() {}

  static VisionOps.TopK topK(NDArray scores, int k) {
    int images = Math.toIntExact(scores.getShape().get(0));
    int each = Math.toIntExact(scores.getShape().get(1));
    float[] all = scores.toFloatArray();
    long[] indices = new long[images * k];
    for (int n = 0; n < images; n++) {
      int[] order = largest(all, n * each, each, k);
      for (int i = 0; i < k; i++) {
        indices[n * k + i] = order[i];
      }
    }
    NDArray at = scores.getManager().create(indices, new Shape(images, k));
    return new VisionOps.TopK(scores.gather(at, 1), at);
  }

  static NDArray nms(
      NDArray boxes, NDArray scores, float iouThreshold, float scoreThreshold, int most) {
    Shape shape = scores.getShape();
    int groups = Math.toIntExact(shape.get(0));
    int classes = Math.toIntExact(shape.get(1));
    int each = Math.toIntExact(shape.get(2));
    float[] box = boxes.toFloatArray();
    float[] score = scores.toFloatArray();
    boolean[] keep = new boolean[score.length];
    for (int g = 0; g < groups; g++) {
      for (int c = 0; c < classes; c++) {
        suppress(
            box,
            g * each,
            score,
            (g * classes + c) * each,
            each,
            iouThreshold,
            scoreThreshold,
            most,
            keep);
      }
    }
    return boxes.getManager().create(keep, shape);
  }

  private static void suppress(
      float[] box,
      int firstBox,
      float[] score,
      int first,
      int count,
      float iouThreshold,
      float scoreThreshold,
      int most,
      boolean[] keep) {
    int[] order = descending(score, first, count);
    int[] kept = new int[Math.min(most, count)];
    int size = 0;
    for (int i = 0; i < count && size < most; i++) {
      int candidate = order[i];
      float s = score[first + candidate];
      if (!(s > scoreThreshold) || s == Float.NEGATIVE_INFINITY) {
        break;
      }
      boolean free = true;
      for (int j = 0; j < size && free; j++) {
        free = iou(box, 4 * (firstBox + kept[j]), 4 * (firstBox + candidate)) <= iouThreshold;
      }
      if (free) {
        kept[size++] = candidate;
        keep[first + candidate] = true;
      }
    }
  }

  private static float iou(float[] b, int i, int j) {
    float width = Math.min(b[i + 2], b[j + 2]) - Math.max(b[i], b[j]);
    float height = Math.min(b[i + 3], b[j + 3]) - Math.max(b[i + 1], b[j + 1]);
    if (width <= 0 || height <= 0) {
      return 0;
    }
    float both = width * height;
    float a = (b[i + 2] - b[i]) * (b[i + 3] - b[i + 1]);
    float c = (b[j + 2] - b[j]) * (b[j + 3] - b[j + 1]);
    return both / (a + c - both);
  }

  /** Indices by descending value; of equal values the lower index first. NaN sorts last. */
  private static int[] descending(float[] values, int first, int count) {
    return largest(values, first, count, count);
  }

  /** The first {@code k} of {@link #descending}. */
  private static int[] largest(float[] values, int first, int count, int k) {
    long[] keys = keys(values, first, count);
    if (k < count) {
      Selection.smallestFirst(keys, k);
    }
    Arrays.sort(keys, 0, k);
    int[] order = new int[k];
    for (int i = 0; i < k; i++) {
      order[i] = (int) keys[i];
    }
    return order;
  }

  /**
   * One long each: the value's order in the high half, the index in the low half. No boxing, and no
   * two are equal.
   */
  private static long[] keys(float[] values, int first, int count) {
    long[] keys = new long[count];
    for (int i = 0; i < count; i++) {
      float v = values[first + i];
      int bits = Float.floatToIntBits(Float.isNaN(v) ? Float.NEGATIVE_INFINITY : v + 0f);
      int ascending = bits < 0 ? ~bits : bits ^ Integer.MIN_VALUE;
      keys[i] = ((~ascending & 0xffffffffL) << 32) | i;
    }
    // The high half is an unsigned number: shift it so that signed order agrees.
    for (int i = 0; i < count; i++) {
      keys[i] ^= Long.MIN_VALUE;
    }
    return keys;
  }

  static NDArray upsampleNearest(NDArray map, int factor) {
    Shape shape = map.getShape();
    long n = shape.get(0);
    long c = shape.get(1);
    long h = shape.get(2);
    long w = shape.get(3);
    // Channels last: while training they are side by side in memory, and stay so.
    return map.transpose(0, 2, 3, 1)
        .reshape(n, h, 1, w, 1, c)
        .broadcast(n, h, factor, w, factor, c)
        .reshape(n, factor * h, factor * w, c)
        .transpose(0, 3, 1, 2);
  }

  /** As products with two small matrices, since those have gradients. */
  static NDArray upsampleBilinear(NDArray map, int factor) {
    Shape shape = map.getShape();
    NDArray down = map.getManager().create(bilinear(shape.get(2), factor)); // (factor h, h)
    NDArray across = map.getManager().create(bilinear(shape.get(3), factor)); // (factor w, w)
    return down.matMul(map.matMul(across.transpose()));
  }

  /** A row for each sample: the weights of the cells that it lies between. */
  private static float[][] bilinear(long cells, int factor) {
    int size = Math.toIntExact(cells);
    float[][] rows = new float[factor * size][size];
    for (int i = 0; i < rows.length; i++) {
      float at = Math.max(0, (i + 0.5f) / factor - 0.5f);
      int low = (int) at;
      int high = Math.min(low + 1, size - 1);
      rows[i][low] += 1 - (at - low);
      rows[i][high] += at - low;
    }
    return rows;
  }

  /** Zeros between the cells, then a convolution with the kernel turned round. */
  static NDArray convTranspose(NDArray x, NDArray weight, NDArray bias, int stride, int padding) {
    Shape shape = x.getShape();
    long n = shape.get(0);
    long c = shape.get(1);
    long h = shape.get(2);
    long w = shape.get(3);
    NDArray spread = x;
    if (stride > 1) {
      NDManager manager = x.getManager();
      NDArray zerosRight = manager.zeros(new Shape(n, c, h, w, stride - 1));
      NDArray wide =
          NDArrays.concat(new NDList(x.expandDims(4), zerosRight), 4)
              .reshape(n, c, h, 1, w * stride);
      NDArray zerosBelow = manager.zeros(new Shape(n, c, h, stride - 1, w * stride));
      spread =
          NDArrays.concat(new NDList(wide, zerosBelow), 3)
              .reshape(n, c, h * stride, w * stride)
              .get(":, :, 0:{}, 0:{}", (h - 1) * stride + 1, (w - 1) * stride + 1);
    }
    long kernel = weight.getShape().get(2);
    return Conv2d.conv2d(
            spread,
            weight.flip(2, 3).transpose(1, 0, 2, 3),
            bias,
            new Shape(1, 1),
            new Shape(kernel - 1 - padding, kernel - 1 - padding),
            new Shape(1, 1),
            1)
        .singletonOrThrow();
  }

  /**
   * ROIAlign averages bilinear samples, so its result is a weighted sum of cells: one sparse matrix
   * (bins of all boxes x cells of all images) for each level, made in Java, times the features.
   * Exact, differentiable in the features, and no larger than what the boxes cover.
   */
  static NDArray roiAlign(
      List<NDArray> features,
      List<Float> scales,
      NDArray boxes,
      NDArray levels,
      VisionOps.RoiAlign how) {
    int each = Math.toIntExact(boxes.getShape().get(1));
    int rois = Math.toIntExact(boxes.getShape().get(0)) * each;
    float[] box = boxes.toFloatArray();
    long[] level = features.size() == 1 ? new long[rois] : levels.toLongArray();
    NDList pooled = new NDList();
    long[] back = new long[rois];
    int places = 0;
    for (int l = 0; l < features.size(); l++) {
      int count = 0;
      int[] here = new int[rois];
      for (int r = 0; r < rois; r++) {
        if (level[r] == l) {
          back[r] = places++;
          here[count++] = r;
        }
      }
      if (count > 0) {
        pooled.add(
            pool(features.get(l), scales.get(l), box, Arrays.copyOf(here, count), each, how));
      }
    }
    if (pooled.isEmpty()) {
      return features
          .get(0)
          .getManager()
          .zeros(
              new Shape(0, features.get(0).getShape().get(1), how.height(), how.width()),
              DataType.FLOAT32);
    }
    NDArray joined = VisionOps.concat(pooled, 0);
    return pooled.size() == 1 ? joined : joined.get(joined.getManager().create(back));
  }

  /**
   * @param here indices of the boxes that are pooled from this level
   * @param each boxes of an image
   */
  private static NDArray pool(
      NDArray features, float scale, float[] box, int[] here, int each, VisionOps.RoiAlign how) {
    Shape shape = features.getShape();
    int h = Math.toIntExact(shape.get(2));
    int w = Math.toIntExact(shape.get(3));
    AxisWeights down = new AxisWeights(how.height(), h, how);
    AxisWeights across = new AxisWeights(how.width(), w, how);
    SparseRows rows = new SparseRows();
    for (int r : here) {
      down.of(box[4 * r + 1], box[4 * r + 3], scale);
      across.of(box[4 * r], box[4 * r + 2], scale);
      long image = (long) (r / each) * h;
      for (int p = 0; p < how.height(); p++) {
        for (int q = 0; q < how.width(); q++) {
          for (int y = down.first(p); y <= down.last(p); y++) {
            for (int x = across.first(q); x <= across.last(q); x++) {
              rows.add((image + y) * w + x, down.weight(p, y) * across.weight(q, x));
            }
          }
          rows.end();
        }
      }
    }
    NDArray cells = features.transpose(0, 2, 3, 1).reshape(shape.get(0) * h * w, shape.get(1));
    return rows.times(cells)
        .reshape(here.length, how.height(), how.width(), shape.get(1))
        .transpose(0, 3, 1, 2);
  }
}
