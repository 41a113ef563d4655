package dev.millrace.components.trace;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
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
      int[] order = descending(all, n * each, each);
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
    // One long each: the value's order in the high half, the index in the low half. No boxing, a
    // stable result.
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
    Arrays.sort(keys);
    int[] order = new int[count];
    for (int i = 0; i < count; i++) {
      order[i] = (int) keys[i];
    }
    return order;
  }

  static NDArray upsampleNearest(NDArray map, int factor) {
    Shape shape = map.getShape();
    long n = shape.get(0);
    long c = shape.get(1);
    long h = shape.get(2);
    long w = shape.get(3);
    return map.reshape(n, c, h, 1, w, 1)
        .broadcast(n, c, h, factor, w, factor)
        .reshape(n, c, factor * h, factor * w);
  }

  /**
   * ROIAlign averages bilinear samples on a grid, and a bilinear sample is a product of two linear
   * ones; so each box's result is (rows x h) . features . (w x columns) with two small matrices
   * made in Java. Exact, and differentiable in the features.
   */
  static NDArray roiAlign(
      List<NDArray> features,
      List<Float> scales,
      NDArray boxes,
      NDArray levels,
      VisionOps.RoiAlign how) {
    int images = Math.toIntExact(boxes.getShape().get(0));
    int each = Math.toIntExact(boxes.getShape().get(1));
    float[] box = boxes.toFloatArray();
    long[] level = features.size() == 1 ? new long[images * each] : levels.toLongArray();
    NDManager manager = features.get(0).getManager();
    NDList pooled = new NDList();
    List<Integer> places = new ArrayList<>();
    for (int l = 0; l < features.size(); l++) {
      NDArray all = features.get(l);
      int h = Math.toIntExact(all.getShape().get(2));
      int w = Math.toIntExact(all.getShape().get(3));
      long channels = all.getShape().get(1);
      for (int n = 0; n < images; n++) {
        List<Integer> here = new ArrayList<>();
        for (int r = n * each; r < (n + 1) * each; r++) {
          if (level[r] == l) {
            here.add(r);
          }
        }
        if (here.isEmpty()) {
          continue;
        }
        int count = here.size();
        float[] down = new float[count * how.height() * h];
        float[] across = new float[count * w * how.width()];
        for (int i = 0; i < count; i++) {
          int b = 4 * here.get(i);
          weights(box[b + 1], box[b + 3], scales.get(l), how.height(), h, how, down, i, false);
          weights(box[b], box[b + 2], scales.get(l), how.width(), w, how, across, i, true);
        }
        places.addAll(here);
        // (1, C, h, w) . (count, 1, w, columns) -> (count, C, h, columns); then (count, 1, rows, h)
        // . that
        NDArray wide =
            all.get(n)
                .expandDims(0)
                .matMul(manager.create(across, new Shape(count, 1, w, how.width())));
        pooled.add(manager.create(down, new Shape(count, 1, how.height(), h)).matMul(wide));
        if (pooled.get(pooled.size() - 1).getShape().get(1) != channels) {
          throw new IllegalStateException("channels were lost in pooling");
        }
      }
    }
    long[] back = new long[places.size()];
    for (int i = 0; i < back.length; i++) {
      back[places.get(i)] = i;
    }
    if (pooled.isEmpty()) {
      return manager.zeros(
          new Shape(0, features.get(0).getShape().get(1), how.height(), how.width()),
          DataType.FLOAT32);
    }
    NDArray joined = ai.djl.ndarray.NDArrays.concat(pooled, 0);
    return features.size() == 1 ? joined : joined.get(manager.create(back));
  }

  /** The weight of each cell in each bin along one axis, torchvision's sampling rule. */
  private static void weights(
      float from,
      float to,
      float scale,
      int bins,
      int cells,
      VisionOps.RoiAlign how,
      float[] into,
      int index,
      boolean transposed) {
    float offset = how.aligned() ? 0.5f : 0f;
    float start = from * scale - offset;
    float end = to * scale - offset;
    float length = end - start;
    if (!how.aligned()) {
      length = Math.max(length, 1f);
    }
    float bin = length / bins;
    int samples = how.samplingRatio() > 0 ? how.samplingRatio() : (int) Math.ceil(length / bins);
    // torchvision divides by at least one, so that an empty box gives zeros
    float share = 1f / Math.max(samples, 1);
    int base = index * bins * cells;
    for (int p = 0; p < bins; p++) {
      for (int s = 0; s < samples; s++) {
        float at = start + p * bin + (s + 0.5f) * bin / samples;
        if (at < -1f || at > cells) {
          continue;
        }
        float y = Math.max(at, 0f);
        int low = (int) y;
        int high = low + 1;
        if (low >= cells - 1) {
          low = cells - 1;
          high = low;
          y = low;
        }
        float rest = y - low;
        into[base + (transposed ? low * bins + p : p * cells + low)] += share * (1f - rest);
        into[base + (transposed ? high * bins + p : p * cells + high)] += share * rest;
      }
    }
  }
}
