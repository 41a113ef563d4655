package dev.millrace.connectors.street;

/** Wheels of things with more than two. */
final class Wheels {
  private static final int SIDES = 10;

  private Wheels() {}

  /** A pair on an axle, in the dark of its arches. */
  static void axle(MeshBuilder b, double x, double halfWidth, double radius, boolean arch) {
    for (int side = -1; side <= 1; side += 2) {
      double outer = side * (halfWidth + 0.035);
      double inner = side * (halfWidth - 0.24);
      if (arch) {
        b.disc(
            Material.TYRE, x, side * (halfWidth + 0.02), radius * 1.16, radius * 1.16, SIDES, side);
      }
      b.bar(
          Material.TYRE,
          new Vec(x, inner, radius),
          new Vec(x, outer, radius),
          radius,
          radius,
          SIDES,
          true);
      b.disc(Material.RIM, x, outer + side * 0.008, radius, radius * 0.62, SIDES, side);
      b.disc(Material.TRIM, x, outer + side * 0.016, radius, radius * 0.18, 6, side);
    }
  }
}
