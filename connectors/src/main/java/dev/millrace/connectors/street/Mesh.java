package dev.millrace.connectors.street;

import java.util.Arrays;

/**
 * Convex faces of a solid thing, in its own coordinates: x forward, y to its left, z up, metres;
 * the origin on the ground below its middle. Filled by a {@link MeshBuilder}; then not changed,
 * unless it is a scratch that one thread fills again and again.
 */
final class Mesh {
  static final int MOST_CORNERS = 16;

  float[] x = new float[256];
  float[] y = new float[256];
  float[] z = new float[256];

  /** Where each face's corners begin; one more than there are faces. */
  int[] start = new int[65];

  float[] normalX = new float[64];
  float[] normalY = new float[64];
  float[] normalZ = new float[64];
  Material[] material = new Material[64];
  int faces;

  int corners() {
    return start[faces];
  }

  void clear() {
    faces = 0;
    start[1] = 0;
  }

  void corner(Vec point) {
    int at = start[faces + 1];
    if (at == x.length) {
      x = Arrays.copyOf(x, 2 * at);
      y = Arrays.copyOf(y, 2 * at);
      z = Arrays.copyOf(z, 2 * at);
    }
    x[at] = (float) point.x();
    y[at] = (float) point.y();
    z[at] = (float) point.z();
    start[faces + 1]++;
  }

  /** Ends the face whose corners were added; they lie counter-clockwise seen from outside. */
  void face(Vec normal, Material of) {
    if (faces + 3 > start.length) {
      start = Arrays.copyOf(start, 2 * start.length);
      normalX = Arrays.copyOf(normalX, start.length);
      normalY = Arrays.copyOf(normalY, start.length);
      normalZ = Arrays.copyOf(normalZ, start.length);
      material = Arrays.copyOf(material, start.length);
    }
    normalX[faces] = (float) normal.x();
    normalY[faces] = (float) normal.y();
    normalZ[faces] = (float) normal.z();
    material[faces] = of;
    faces++;
    start[faces + 1] = start[faces];
  }

  /** Half its size along x, y, and its height. */
  Vec extent() {
    float length = 0;
    float width = 0;
    float height = 0;
    for (int i = 0; i < corners(); i++) {
      length = Math.max(length, Math.abs(x[i]));
      width = Math.max(width, Math.abs(y[i]));
      height = Math.max(height, z[i]);
    }
    return new Vec(length, width, height);
  }
}
