package dev.millrace.components.modeling.postprocess;

/**
 * Brings the mask of a box to the pixels of its picture: Detectron2's {@code paste_masks_in_image},
 * bilinear between the centres of the cells, with zeros around them. Looks at the box's own pixels
 * only.
 */
final class MaskPaste {

  private final int height;
  private final int width;
  private final float threshold;

  /**
   * @param height of the picture in pixels
   * @param width of the picture in pixels
   * @param threshold probability from which on a pixel is inside, above 0
   */
  MaskPaste(int height, int width, float threshold) {
    this.height = height;
    this.width = width;
    this.threshold = threshold;
  }

  /** Where the pixels of one axis lie between the cells. */
  private static final class Axis {
    private final int from;
    private final int[] low;
    private final float[] high;

    /**
     * @param start of the box in pixels
     * @param end of the box in pixels
     * @param limit pixels of the picture
     */
    Axis(float start, float end, int cells, int limit) {
      from = Math.max((int) Math.floor(start) - 1, 0);
      int to = Math.min((int) Math.ceil(end) + 1, limit);
      low = new int[Math.max(to - from, 0)];
      high = new float[low.length];
      for (int i = 0; i < low.length; i++) {
        float unit = (from + i + 0.5f - start) / (end - start) * 2 - 1;
        float cell = ((unit + 1) * cells - 1) / 2;
        low[i] = (int) Math.floor(cell);
        high[i] = cell - low[i];
      }
    }
  }

  /**
   * @param masks of several boxes, rows x columns each
   * @param first where this one begins
   * @param box x1, y1, x2, y2 in pixels of the picture; wider and higher than 0
   */
  Rle paste(float[] masks, int first, int rows, int columns, float[] box) {
    Axis down = new Axis(box[1], box[3], rows, height);
    Axis across = new Axis(box[0], box[2], columns, width);
    Rle.Builder runs = new Rle.Builder(height, width);
    runs.add(false, across.from * height);
    float[] column = new float[rows + 2]; // with a zero at either end
    for (int x = 0; x < across.low.length; x++) {
      int left = across.low[x];
      float right = across.high[x];
      float most = 0;
      for (int y = 0; y < rows; y++) {
        float value = 0;
        if (left >= 0 && left < columns) {
          value += (1 - right) * masks[first + y * columns + left];
        }
        if (left + 1 >= 0 && left + 1 < columns) {
          value += right * masks[first + y * columns + left + 1];
        }
        column[y + 1] = value;
        most = Math.max(most, value);
      }
      if (most < threshold) {
        runs.add(false, height);
        continue;
      }
      runs.add(false, down.from);
      for (int y = 0; y < down.low.length; y++) {
        int top = down.low[y] + 1;
        float value = 0;
        if (top >= 0 && top < column.length) {
          value += (1 - down.high[y]) * column[top];
        }
        if (top + 1 >= 0 && top + 1 < column.length) {
          value += down.high[y] * column[top + 1];
        }
        runs.add(value >= threshold, 1);
      }
      runs.add(false, height - down.from - down.low.length);
    }
    runs.add(false, (width - across.from - across.low.length) * height);
    return runs.build();
  }
}
