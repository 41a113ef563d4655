package dev.millrace.connectors.street;

/** Texture without an image: a tile of noise that repeats, the same in every scene. */
final class Noise {
  private static final int SIZE = 512;
  private static final int MASK = SIZE - 1;
  private static final float[] FINE = fine();
  private static final float[] CLOUDY = cloudy();

  private Noise() {}

  /** White noise of cells, 0 to 1. */
  static float cell(int x, int y) {
    return FINE[(y & MASK) * SIZE + (x & MASK)];
  }

  /** White noise that depends on three numbers, 0 to 1. */
  static float cell(int x, int y, int z) {
    return FINE[(y + 131 * z & MASK) * SIZE + (x + 57 * z & MASK)];
  }

  /** Five octaves, mostly 0 to 1 around a half; a unit is the size of its finest grain. */
  static float cloud(double x, double y) {
    int column = (int) Math.floor(x);
    int row = (int) Math.floor(y);
    float fx = (float) (x - column);
    float fy = (float) (y - row);
    int top = (row & MASK) * SIZE;
    int bottom = (row + 1 & MASK) * SIZE;
    int left = column & MASK;
    int right = column + 1 & MASK;
    float upper = CLOUDY[top + left] + (CLOUDY[top + right] - CLOUDY[top + left]) * fx;
    float lower = CLOUDY[bottom + left] + (CLOUDY[bottom + right] - CLOUDY[bottom + left]) * fx;
    return upper + (lower - upper) * fy;
  }

  private static float[] fine() {
    Dice dice = new Dice(0x6e6f697365L);
    float[] values = new float[SIZE * SIZE];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) dice.unit();
    }
    return values;
  }

  private static float[] cloudy() {
    float[] values = new float[SIZE * SIZE];
    float weight = 1;
    float sum = 0;
    for (int cell = 32; cell >= 2; cell /= 2) {
      add(values, cell, weight, 977 * cell);
      sum += weight;
      weight *= 0.55f;
    }
    // The sum of octaves huddles around its mean: spread it.
    for (int i = 0; i < values.length; i++) {
      values[i] = 0.5f + 1.6f * (values[i] / sum - 0.5f);
    }
    return values;
  }

  private static void add(float[] to, int cell, float weight, int shift) {
    int cells = SIZE / cell;
    for (int y = 0; y < SIZE; y++) {
      float fy = smooth((float) (y % cell) / cell);
      int top = (y / cell * SIZE + shift) & SIZE * SIZE - 1;
      int bottom = ((y / cell + 1) % cells * SIZE + shift) & SIZE * SIZE - 1;
      for (int x = 0; x < SIZE; x++) {
        float fx = smooth((float) (x % cell) / cell);
        int left = x / cell;
        int right = (left + 1) % cells;
        float upper = at(top, left) + (at(top, right) - at(top, left)) * fx;
        float lower = at(bottom, left) + (at(bottom, right) - at(bottom, left)) * fx;
        to[y * SIZE + x] += weight * (upper + (lower - upper) * fy);
      }
    }
  }

  private static float at(int row, int column) {
    return FINE[row + column & SIZE * SIZE - 1];
  }

  private static float smooth(float t) {
    return t * t * (3 - 2 * t);
  }
}
