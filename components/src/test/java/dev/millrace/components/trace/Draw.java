package dev.millrace.components.trace;

import java.util.Random;

/** Random arrays, the same for the same seed. */
final class Draw {

  private Draw() {}

  static float[] floats(Random random, int count, float from, float to) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = from + (to - from) * random.nextFloat();
    }
    return values;
  }

  /** Boxes whose corners lie on a grid; some are empty. */
  static float[] gridBoxes(Random random, int count, int cells, float pitch) {
    float[] boxes = new float[4 * count];
    for (int i = 0; i < count; i++) {
      int x = random.nextInt(cells);
      int y = random.nextInt(cells);
      boxes[4 * i] = x * pitch;
      boxes[4 * i + 1] = y * pitch;
      boxes[4 * i + 2] = (x + random.nextInt(cells / 2)) * pitch;
      boxes[4 * i + 3] = (y + random.nextInt(cells / 2)) * pitch;
    }
    return boxes;
  }
}
