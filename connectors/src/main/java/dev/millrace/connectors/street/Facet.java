package dev.millrace.connectors.street;

/**
 * A flat convex face as the camera sees it: cut off before the eye, projected, and with the inverse
 * of how far ahead it lies, which is linear over the canvas. For one thread.
 */
final class Facet {
  private final double[] x = new double[2 * Mesh.MOST_CORNERS];
  private final double[] y = new double[2 * Mesh.MOST_CORNERS];
  private final double[] z = new double[2 * Mesh.MOST_CORNERS];
  private final double[] cutX = new double[2 * Mesh.MOST_CORNERS];
  private final double[] cutY = new double[2 * Mesh.MOST_CORNERS];
  private final double[] cutZ = new double[2 * Mesh.MOST_CORNERS];
  private int given;

  /** What is left of it, on the grid. */
  final double[] u = new double[2 * Mesh.MOST_CORNERS];

  final double[] v = new double[2 * Mesh.MOST_CORNERS];
  int corners;

  /** One over the metres ahead at the grid's origin, and how it grows to the right and down. */
  double inverse;

  double inverseU;
  double inverseV;

  void clear() {
    given = 0;
  }

  /** A corner in the camera's coordinates. */
  void corner(double right, double down, double ahead) {
    x[given] = right;
    y[given] = down;
    z[given] = ahead;
    given++;
  }

  void corner(Vec seen) {
    corner(seen.x(), seen.y(), seen.z());
  }

  /**
   * @param scale grid cells to a pixel
   * @param anySide or else only if its corners lie counter-clockwise
   * @return whether there is something to see
   */
  boolean project(Lens lens, int scale, boolean anySide) {
    double nx = 0;
    double ny = 0;
    double nz = 0;
    double nearest = z[0];
    for (int i = 0, j = given - 1; i < given; j = i++) {
      // Newell's normal: right also where corners are not quite in a plane
      nx += (y[j] - y[i]) * (z[j] + z[i]);
      ny += (z[j] - z[i]) * (x[j] + x[i]);
      nz += (x[j] - x[i]) * (y[j] + y[i]);
      nearest = Math.min(nearest, z[i]);
    }
    double distance = nx * x[0] + ny * y[0] + nz * z[0];
    if (anySide ? Math.abs(distance) < 1e-12 : distance > -1e-12) {
      return false;
    }
    if (nearest < Lens.NEAR) {
      cut();
    } else {
      for (int i = 0; i < given; i++) {
        place(lens, scale, i, x[i], y[i], z[i]);
      }
      corners = given;
    }
    if (nearest < Lens.NEAR) {
      for (int i = 0; i < corners; i++) {
        place(lens, scale, i, cutX[i], cutY[i], cutZ[i]);
      }
    }
    double perCell = 1 / (scale * lens.focal() * distance);
    inverseU = nx * perCell;
    inverseV = ny * perCell;
    inverse = nz / distance - scale * (lens.cx() * inverseU + lens.cy() * inverseV);
    return corners >= 3;
  }

  private void place(Lens lens, int scale, int i, double right, double down, double ahead) {
    u[i] = scale * (lens.cx() + lens.focal() * right / ahead);
    v[i] = scale * (lens.cy() + lens.focal() * down / ahead);
  }

  /** Sutherland and Hodgman's algorithm for one plane. */
  private void cut() {
    corners = 0;
    for (int i = 0, j = given - 1; i < given; j = i++) {
      boolean in = z[i] >= Lens.NEAR;
      if (in != (z[j] >= Lens.NEAR)) {
        double share = (Lens.NEAR - z[j]) / (z[i] - z[j]);
        keep(x[j] + (x[i] - x[j]) * share, y[j] + (y[i] - y[j]) * share, Lens.NEAR);
      }
      if (in) {
        keep(x[i], y[i], z[i]);
      }
    }
  }

  private void keep(double right, double down, double ahead) {
    cutX[corners] = right;
    cutY[corners] = down;
    cutZ[corners] = ahead;
    corners++;
  }
}
