package dev.millrace.connectors.street;

import java.util.List;

/**
 * A city bus: one long box, a band of windows around it, a destination above the windscreen.
 *
 * @param length metres
 * @param window length of one side window
 */
record BusModel(double length, double height, double window, boolean skirt) {
  static final List<BusModel> ALL =
      List.of(
          new BusModel(11.4, 3.05, 1.5, true),
          new BusModel(10.2, 3.0, 1.25, false),
          new BusModel(12.0, 3.2, 1.75, true),
          new BusModel(8.8, 2.9, 1.3, true));

  private static final double HALF = 1.26;

  Mesh mesh() {
    MeshBuilder b = new MeshBuilder(new Mesh());
    double front = length / 2;
    b.loft(
        Material.PAINT,
        List.of(
            section(front, 0.93, height - 0.22),
            section(front - 0.22, 1, height),
            section(-front + 0.12, 1, height),
            section(-front, 0.95, height - 0.15)));
    for (int side = -1; side <= 1; side += 2) {
      side(b, side);
    }
    front(b);
    back(b);
    b.box(Material.TRIM, -front * 0.55, -front * 0.15, -0.8, 0.8, height, height + 0.2);
    b.box(Material.PAINT, front * 0.2, front * 0.45, -0.7, 0.7, height, height + 0.16);
    Wheels.axle(b, front - 2.5, HALF, 0.48, true);
    Wheels.axle(b, -front + 3.0, HALF, 0.48, true);
    return b.mesh();
  }

  private Vec[] section(double x, double share, double top) {
    double w = HALF * share;
    return new Vec[] {
      new Vec(x, w, 0.32),
      new Vec(x, w, top - 0.28),
      new Vec(x, w - 0.22, top),
      new Vec(x, -w + 0.22, top),
      new Vec(x, -w, top - 0.28),
      new Vec(x, -w, 0.32)
    };
  }

  private void side(MeshBuilder b, int side) {
    double y = side * (HALF + 0.015);
    double glass = side * (HALF + 0.03);
    double front = length / 2;
    double low = 1.28;
    double high = height - 0.48;
    b.panel(Material.TRIM, side * (HALF + 0.008), -front + 0.3, front - 0.35, 0.3, 0.46, side);
    if (skirt) {
      b.panel(Material.SECOND_PAINT, y, -front + 0.13, front - 0.24, 0.46, 0.98, side);
    } else {
      b.panel(
          Material.SECOND_PAINT, y, -front + 0.13, front - 0.24, high + 0.04, high + 0.18, side);
    }
    b.panel(Material.TRIM, y, -front + 0.4, front - 0.3, low - 0.06, high + 0.04, side);
    double door = side < 0 ? front - 1.75 : front - 0.4;
    if (side < 0) {
      door(b, front - 1.65, front - 0.45, glass);
      door(b, -0.75, 0.75, glass);
    }
    for (double x = -front + 0.5; x + window < door; x += window) {
      boolean behindDoor = side < 0 && x + window > -0.8 && x < 0.8;
      if (!behindDoor) {
        b.panel(Material.GLASS, glass, x + 0.05, x + window - 0.05, low, high, side);
      }
    }
  }

  private void door(MeshBuilder b, double from, double to, double y) {
    b.panel(Material.TRIM, y - 0.004, from - 0.05, to + 0.05, 0.36, height - 0.42, -1);
    double middle = (from + to) / 2;
    b.panel(Material.GLASS, y - 0.015, from, middle - 0.04, 0.5, height - 0.5, -1);
    b.panel(Material.GLASS, y - 0.015, middle + 0.04, to, 0.5, height - 0.5, -1);
  }

  private void front(MeshBuilder b) {
    double x = length / 2 + 0.015;
    double w = HALF * 0.93;
    b.plate(Material.TRIM, x, -w + 0.04, w - 0.04, 1.0, height - 0.3, 1);
    b.plate(Material.GLASS, x + 0.015, -w + 0.1, -0.03, 1.08, height - 0.68, 1);
    b.plate(Material.GLASS, x + 0.015, 0.03, w - 0.1, 1.08, height - 0.68, 1);
    b.plate(Material.SIGN, x + 0.02, -w + 0.22, w - 0.22, height - 0.6, height - 0.36, 1);
    b.plate(Material.SECOND_PAINT, x, -w + 0.02, w - 0.02, 0.46, 0.62, 1);
    b.plate(Material.PLATE, x + 0.01, -0.27, 0.27, 0.48, 0.6, 1);
    for (int side = -1; side <= 1; side += 2) {
      b.plate(Material.HEADLIGHT, x + 0.01, side * 0.62 * w, side * 0.93 * w, 0.68, 0.88, 1);
      double y = side * (HALF + 0.2);
      b.box(Material.TRIM, x - 0.15, x + 0.1, y - 0.09, y + 0.09, height - 1.15, height - 0.65);
    }
  }

  private void back(MeshBuilder b) {
    double x = -length / 2 - 0.015;
    double w = HALF * 0.95;
    b.plate(Material.TRIM, x, -w + 0.15, w - 0.15, 0.5, 1.2, -1);
    b.plate(Material.GLASS, x, -w + 0.2, w - 0.2, 1.75, height - 0.5, -1);
    b.plate(Material.PLATE, x - 0.01, -0.27, 0.27, 0.62, 0.74, -1);
    for (int side = -1; side <= 1; side += 2) {
      b.plate(Material.TAILLIGHT, x - 0.01, side * 0.8 * w, side * 0.98 * w, 0.8, 1.35, -1);
      b.plate(Material.TAILLIGHT, x - 0.01, side * 0.8 * w, side * 0.97 * w, 2.3, 2.5, -1);
    }
  }
}
