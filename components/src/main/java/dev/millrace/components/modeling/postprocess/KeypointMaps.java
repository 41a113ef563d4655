package dev.millrace.components.modeling.postprocess;

/**
 * Finds keypoints in their maps: Detectron2's {@code heatmaps_to_keypoints}. Each map is brought to
 * the box's size by bicubic interpolation and the largest value taken. The interpolation is done
 * along columns first, and along rows only where a row may hold the largest value.
 */
final class KeypointMaps {

  /** Of bicubic interpolation, as PyTorch has it. */
  private static final float A = -0.75f;

  /**
   * How far interpolation may go beyond the values that it is between, as a share of their range:
   * the negative weights of four sum up to {@code A t (1 - t)} at most; with room for rounding.
   */
  private static final float OVERSHOOT = 0.19f;

  private final int rows;
  private final int columns;

  /**
   * @param rows of a map
   * @param columns of a map
   */
  KeypointMaps(int rows, int columns) {
    this.rows = rows;
    this.columns = columns;
  }

  /** For each sample of an axis four cells and their weights. */
  private static final class Axis {
    private final int[] cells;
    private final float[] weights;

    Axis(int size, int samples) {
      cells = new int[4 * samples];
      weights = new float[4 * samples];
      float scale = (float) size / samples;
      for (int i = 0; i < samples; i++) {
        float at = scale * (i + 0.5f) - 0.5f;
        int low = (int) Math.floor(at);
        float t = at - low;
        float[] own = {far(t + 1), near(t), near(1 - t), far(2 - t)};
        for (int k = 0; k < 4; k++) {
          cells[4 * i + k] = Math.min(Math.max(low - 1 + k, 0), size - 1);
          weights[4 * i + k] = own[k];
        }
      }
    }

    /** Keys' kernel at a distance of 0 to 1. */
    private static float near(float x) {
      return ((A + 2) * x - (A + 3)) * x * x + 1;
    }

    /** Keys' kernel at a distance of 1 to 2. */
    private static float far(float x) {
      return ((A * x - 5 * A) * x + 8 * A) * x - 4 * A;
    }
  }

  /**
   * @param maps of the keypoints of several boxes, rows x columns each
   * @param first where those of this box begin
   * @param keypoints how many there are
   * @param box x1, y1, x2, y2 in pixels of the network's input
   * @return x, y and score of each: its probability over the map's cells, 1 at most
   */
  float[] find(float[] maps, int first, int keypoints, float[] box) {
    float width = Math.max(box[2] - box[0], 1);
    float height = Math.max(box[3] - box[1], 1);
    int w = (int) Math.ceil(width);
    int h = (int) Math.ceil(height);
    Axis across = new Axis(columns, w);
    Axis down = new Axis(rows, h);
    float[] found = new float[3 * keypoints];
    float[] stretched = new float[h * columns];
    for (int k = 0; k < keypoints; k++) {
      int map = first + k * rows * columns;
      stretch(maps, map, down, h, stretched);
      Peak peak = new Peak(stretched, columns, across, w);
      peak.search(h);
      found[3 * k] = (peak.x + 0.5f) * (width / w) + box[0];
      found[3 * k + 1] = (peak.y + 0.5f) * (height / h) + box[1];
      double sum = 0;
      for (int i = map; i < map + rows * columns; i++) {
        sum += Math.exp(maps[i] - peak.value);
      }
      found[3 * k + 2] = (float) Math.min(1 / sum, 1);
    }
    return found;
  }

  /** Along columns: h x {@link #columns}. */
  private void stretch(float[] maps, int map, Axis down, int h, float[] stretched) {
    for (int y = 0; y < h; y++) {
      for (int x = 0; x < columns; x++) {
        float value = 0;
        for (int i = 4 * y; i < 4 * y + 4; i++) {
          value += down.weights[i] * maps[map + down.cells[i] * columns + x];
        }
        stretched[y * columns + x] = value;
      }
    }
  }

  /** The largest value of a map stretched along its rows too; of equal ones the first. */
  private static final class Peak {
    private final float[] rows;
    private final int columns;
    private final Axis across;
    private final int width;
    private float value = Float.NEGATIVE_INFINITY;
    private int x;
    private int y;

    Peak(float[] rows, int columns, Axis across, int width) {
      this.rows = rows;
      this.columns = columns;
      this.across = across;
      this.width = width;
    }

    void search(int height) {
      float[] bounds = new float[height];
      int promising = 0;
      for (int row = 0; row < height; row++) {
        bounds[row] = bound(row);
        promising = bounds[row] > bounds[promising] ? row : promising;
      }
      row(promising);
      for (int row = 0; row < height; row++) {
        if (row != promising && bounds[row] >= value) {
          row(row);
        }
      }
    }

    private float bound(int row) {
      float low = rows[row * columns];
      float high = low;
      for (int i = row * columns + 1; i < (row + 1) * columns; i++) {
        low = Math.min(low, rows[i]);
        high = Math.max(high, rows[i]);
      }
      return high + OVERSHOOT * (high - low);
    }

    private void row(int row) {
      for (int column = 0; column < width; column++) {
        float sum = 0;
        for (int i = 4 * column; i < 4 * column + 4; i++) {
          sum += across.weights[i] * rows[row * columns + across.cells[i]];
        }
        if (sum > value || (sum == value && row < y)) {
          value = sum;
          x = column;
          y = row;
        }
      }
    }
  }
}
