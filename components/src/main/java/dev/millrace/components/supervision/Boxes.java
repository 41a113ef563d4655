package dev.millrace.components.supervision;

/** Arithmetic of boxes in plain arrays, in float32 as Detectron2's {@code structures/boxes.py}. */
public final class Boxes {

  private Boxes() {}

  /** Intersection over union of box {@code i} of {@code a} and box {@code j} of {@code b}. */
  public static float iou(float[] a, int i, float[] b, int j) {
    int p = 4 * i;
    int q = 4 * j;
    float width = Math.min(a[p + 2], b[q + 2]) - Math.max(a[p], b[q]);
    float height = Math.min(a[p + 3], b[q + 3]) - Math.max(a[p + 1], b[q + 1]);
    if (width <= 0 || height <= 0) {
      return 0;
    }
    float both = width * height;
    return both / (area(a, p) + area(b, q) - both);
  }

  private static float area(float[] boxes, int at) {
    return (boxes[at + 2] - boxes[at]) * (boxes[at + 3] - boxes[at + 1]);
  }

  /** Some of the boxes, in the order of the indices. */
  public static float[] pick(float[] boxes, int[] indices) {
    float[] picked = new float[4 * indices.length];
    for (int i = 0; i < indices.length; i++) {
      System.arraycopy(boxes, 4 * indices[i], picked, 4 * i, 4);
    }
    return picked;
  }
}
