package dev.millrace.connectors.street;

import java.util.ArrayList;
import java.util.List;

/**
 * A lorry: a cab, a gap, a frame with something on it.
 *
 * @param length metres
 * @param top height of what it carries
 */
record TruckModel(Body body, double length, double top) {

  /** What is behind the cab. */
  enum Body {
    BOX,
    TIPPER,
    TANK,
    FLATBED
  }

  static final List<TruckModel> ALL =
      List.of(
          new TruckModel(Body.BOX, 7.6, 3.5),
          new TruckModel(Body.BOX, 9.2, 3.7),
          new TruckModel(Body.BOX, 6.4, 3.1),
          new TruckModel(Body.TIPPER, 7.4, 2.9),
          new TruckModel(Body.TANK, 8.6, 3.1),
          new TruckModel(Body.FLATBED, 7.2, 1.7));

  private static final double HALF = 1.22;
  private static final double CAB = 2.0;

  Mesh mesh() {
    MeshBuilder b = new MeshBuilder(new Mesh());
    double front = length / 2;
    double rear = -front;
    double bodyFront = front - CAB - 0.35;
    b.box(Material.TRIM, rear + 0.1, front - 0.4, -0.55, 0.55, 0.62, 0.95);
    cab(b, front);
    switch (body) {
      case BOX -> box(b, rear, bodyFront);
      case TIPPER -> tipper(b, rear, bodyFront);
      case TANK -> tank(b, rear, bodyFront);
      case FLATBED -> flatbed(b, rear, bodyFront);
    }
    rear(b, rear);
    Wheels.axle(b, front - 1.15, HALF - 0.02, 0.5, false);
    Wheels.axle(b, rear + 1.7, HALF - 0.02, 0.5, false);
    if (length > 8) {
      Wheels.axle(b, rear + 2.9, HALF - 0.02, 0.5, false);
    }
    return b.mesh();
  }

  private void cab(MeshBuilder b, double front) {
    double height = Math.min(2.85, Math.max(top, 2.7) - 0.2);
    double back = front - CAB;
    b.loft(
        Material.PAINT,
        List.of(
            section(front, 0.93, 0.5, 1.5),
            section(front - 0.08, 1, 0.42, 1.55),
            section(back, 1, 0.72, 1.55)));
    Vec[] low = {
      new Vec(front - 0.04, HALF * 0.96, 1.5),
      new Vec(front - 0.04, -HALF * 0.96, 1.5),
      new Vec(back, -HALF * 0.98, 1.5),
      new Vec(back, HALF * 0.98, 1.5)
    };
    Vec[] high = {
      new Vec(front - 0.38, HALF * 0.86, height),
      new Vec(front - 0.38, -HALF * 0.86, height),
      new Vec(back, -HALF * 0.9, height),
      new Vec(back, HALF * 0.9, height)
    };
    b.loft(Material.PAINT, List.of(low, high));
    b.around(front - 1, 0, 2);
    Vec[] screen = {low[0], low[1], high[1], high[0]};
    Vec[] left = {low[3], low[0], high[0], high[3]};
    Vec[] right = {low[2], low[1], high[1], high[2]};
    b.inset(Material.GLASS, screen, 0.06, 0.94, 0.04, 0.74, 0.02);
    b.inset(Material.TRIM, screen, 0.04, 0.96, 0.76, 0.84, 0.03);
    b.inset(Material.GLASS, left, 0.4, 0.9, 0.06, 0.66, 0.02);
    b.inset(Material.GLASS, right, 0.4, 0.9, 0.06, 0.66, 0.02);
    double x = front + 0.012;
    b.plate(Material.TRIM, x, -HALF * 0.6, HALF * 0.6, 0.72, 1.3, 1);
    b.plate(Material.SECOND_PAINT, x + 0.01, -HALF * 0.55, HALF * 0.55, 0.96, 1.04, 1);
    b.box(Material.TRIM, front - 0.3, front + 0.06, -HALF, HALF, 0.36, 0.64);
    b.plate(Material.PLATE, front + 0.07, -0.26, 0.26, 0.42, 0.54, 1);
    for (int side = -1; side <= 1; side += 2) {
      b.plate(Material.HEADLIGHT, x + 0.06, side * 0.62 * HALF, side * 0.92 * HALF, 0.46, 0.62, 1);
      double y = side * (HALF + 0.16);
      b.box(Material.TRIM, front - 0.35, front - 0.2, y - 0.1, y + 0.1, 1.7, 2.25);
      b.disc(Material.TRIM, front - 1.15, side * (HALF + 0.006), 0.66, 0.64, 10, side);
    }
  }

  private Vec[] section(double x, double share, double bottom, double upper) {
    double w = HALF * share;
    return new Vec[] {
      new Vec(x, w, bottom), new Vec(x, w, upper), new Vec(x, -w, upper), new Vec(x, -w, bottom)
    };
  }

  private void box(MeshBuilder b, double rear, double front) {
    b.box(Material.CARGO, rear, front, -HALF, HALF, 0.98, top);
    for (int side = -1; side <= 1; side += 2) {
      double y = side * (HALF + 0.012);
      double span = front - rear;
      b.panel(Material.SECOND_PAINT, y, rear + 0.02, front - 0.02, 1.0, 1.22, side);
      b.panel(
          Material.SECOND_PAINT, y, rear + 0.22 * span, rear + 0.78 * span, 1.75, top - 0.65, side);
      b.panel(Material.TRIM, side * HALF, rear + 2.9, front - 0.3, 0.5, 0.85, side);
    }
    b.plate(Material.TRIM, rear - 0.01, -0.02, 0.02, 1.05, top - 0.05, -1);
    b.plate(Material.TRIM, rear - 0.01, -HALF, HALF, top - 0.07, top, -1);
  }

  private void tipper(MeshBuilder b, double rear, double front) {
    Vec[] low = rectangle(rear + 0.3, front - 0.1, HALF * 0.84, 1.05);
    Vec[] rim = rectangle(rear, front + 0.15, HALF * 1.02, top - 0.3);
    b.loft(Material.SECOND_PAINT, List.of(low, rim));
    b.around(0, 0, 1);
    // A heap of sand in it.
    b.loft(
        Material.CARGO,
        List.of(
            rectangle(rear + 0.1, front, HALF * 0.92, top - 0.32),
            rectangle(rear + 0.9, front - 0.9, HALF * 0.3, top)));
    for (int side = -1; side <= 1; side += 2) {
      for (int i = 0; i < 4; i++) {
        double x = rear + 0.5 + i * (front - rear - 0.8) / 3.4;
        double y = side * HALF * 0.96;
        b.box(
            Material.TRIM,
            x,
            x + 0.12,
            Math.min(y, y + side * 0.1),
            Math.max(y, y + side * 0.1),
            1.3,
            top - 0.3);
      }
    }
  }

  private static Vec[] rectangle(double x0, double x1, double half, double z) {
    return new Vec[] {
      new Vec(x0, -half, z), new Vec(x1, -half, z), new Vec(x1, half, z), new Vec(x0, half, z)
    };
  }

  private void tank(MeshBuilder b, double rear, double front) {
    double radius = (top - 1.0) / 2;
    double middle = 1.0 + radius;
    List<Vec[]> rings = new ArrayList<>();
    double[] x = {rear + 0.02, rear + 0.3, front - 0.3, front};
    double[] share = {0.7, 1, 1, 0.7};
    for (int i = 0; i < x.length; i++) {
      rings.add(
          MeshBuilder.ring(
              new Vec(x[i], 0, middle),
              new Vec(0, 1, 0),
              new Vec(0, 0, 1),
              HALF * share[i],
              radius * share[i],
              12));
    }
    b.loft(Material.CARGO, rings);
    b.box(Material.TRIM, rear + 0.4, front - 0.3, -HALF * 0.95, HALF * 0.95, 0.95, 1.12);
    b.box(Material.TRIM, rear + 0.8, front - 0.8, -0.25, 0.25, top - 0.04, top + 0.1);
  }

  private void flatbed(MeshBuilder b, double rear, double front) {
    b.box(Material.SECOND_PAINT, rear, front, -HALF, HALF, 0.98, 1.42);
    b.box(Material.TRIM, front - 0.1, front, -HALF, HALF, 1.4, 2.3);
    Dice dice = new Dice(7);
    for (double x = rear + 0.3; x + 1.2 < front; x += 1.35) {
      double tall = dice.between(0.5, 1.1);
      b.box(
          Material.CARGO,
          x,
          x + 1.15,
          -HALF * 0.85,
          HALF * dice.between(0.1, 0.85),
          1.42,
          1.42 + tall);
    }
  }

  private static void rear(MeshBuilder b, double rear) {
    b.box(Material.TRIM, rear - 0.02, rear + 0.1, -HALF * 0.95, HALF * 0.95, 0.5, 0.72);
    b.plate(Material.PLATE, rear - 0.03, -0.26, 0.26, 0.74, 0.86, -1);
    for (int side = -1; side <= 1; side += 2) {
      b.plate(
          Material.TAILLIGHT, rear - 0.035, side * 0.6 * HALF, side * 0.93 * HALF, 0.54, 0.7, -1);
    }
  }
}
