package dev.millrace.connectors.street;

import java.util.List;

/** A bicycle and who rides it. */
final class BicycleModel {
  private static final double WHEEL = 0.345;
  private static final double BASE = 0.53;
  private static final Vec SADDLE = new Vec(-0.22, 0, 0.98);
  private static final Vec CRANK = new Vec(-0.06, 0, 0.29);
  private static final Vec HEAD = new Vec(0.36, 0, 0.93);

  private final MeshBuilder b;
  private final int sides;

  /**
   * @param lean metres that the shoulders are before the hips
   * @param helmet or else hair
   */
  record Build(double lean, double girth, boolean helmet, boolean basket) {
    static Build of(Dice dice) {
      return new Build(
          dice.between(0.16, 0.42), dice.between(0.95, 1.2), dice.chance(0.5), dice.chance(0.3));
    }
  }

  private BicycleModel(MeshBuilder b, int sides) {
    this.b = b;
    this.sides = sides;
  }

  /**
   * @param phase of the pedals, radians
   */
  static void build(Mesh to, Build build, double phase, int sides) {
    BicycleModel model = new BicycleModel(new MeshBuilder(to), sides);
    model.wheel(BASE);
    model.wheel(-BASE);
    model.frame(build);
    model.rider(build, phase);
  }

  private void wheel(double x) {
    int n = sides > 4 ? 16 : 12;
    Vec hub = new Vec(x, 0, WHEEL);
    Vec forward = new Vec(1, 0, 0);
    Vec up = new Vec(0, 0, 1);
    for (int side = -1; side <= 1; side += 2) {
      Vec aside = new Vec(0, side * 0.022, 0);
      Vec[] outer = MeshBuilder.ring(hub.plus(aside), forward, up, WHEEL, WHEEL, n);
      Vec[] inner = MeshBuilder.ring(hub.plus(aside), forward, up, WHEEL - 0.055, WHEEL - 0.055, n);
      b.around(hub.minus(aside));
      b.sides(Material.TYRE, outer, inner);
    }
    Vec[] left = MeshBuilder.ring(hub.plus(new Vec(0, 0.022, 0)), forward, up, WHEEL, WHEEL, n);
    Vec[] right = MeshBuilder.ring(hub.plus(new Vec(0, -0.022, 0)), forward, up, WHEEL, WHEEL, n);
    b.around(hub).sides(Material.TYRE, left, right);
    for (int i = 0; i < 4; i++) {
      double angle = Math.PI * i / 4;
      Vec spoke =
          new Vec(
              StrictMath.cos(angle) * (WHEEL - 0.04), 0, StrictMath.sin(angle) * (WHEEL - 0.04));
      b.bar(Material.RIM, hub.minus(spoke), hub.plus(spoke), 0.006, 0.006, 3, false);
    }
  }

  private void frame(Build build) {
    Vec seat = new Vec(-0.19, 0, 0.86);
    Vec rear = new Vec(-BASE, 0, WHEEL);
    Vec front = new Vec(BASE, 0, WHEEL);
    tube(CRANK, seat, 0.022);
    tube(seat, HEAD.plus(new Vec(0.02, 0, -0.12)), 0.022);
    tube(CRANK, HEAD.plus(new Vec(0.04, 0, -0.2)), 0.025);
    tube(CRANK, rear, 0.018);
    tube(seat, rear, 0.016);
    tube(HEAD, front, 0.022);
    b.bar(Material.TRIM, HEAD, HEAD.plus(new Vec(-0.02, 0, 0.12)), 0.02, 0.02, 4, false);
    Vec bar = HEAD.plus(new Vec(0, 0, 0.12));
    b.bar(
        Material.TRIM,
        bar.plus(new Vec(0, 0.28, 0)),
        bar.plus(new Vec(0, -0.28, 0)),
        0.02,
        0.02,
        4,
        true);
    b.box(Material.TRIM, -0.34, -0.08, -0.07, 0.07, 0.88, 0.94);
    b.box(Material.HEADLIGHT, 0.43, 0.5, -0.045, 0.045, 0.86, 0.95);
    b.box(Material.TAILLIGHT, -0.62, -0.56, -0.045, 0.045, 0.72, 0.8);
    if (build.basket()) {
      b.box(Material.BAG, 0.48, 0.78, -0.17, 0.17, 0.78, 1.02);
    }
  }

  private void tube(Vec from, Vec to, double radius) {
    b.bar(Material.PAINT, from, to, radius, radius, 4, false);
  }

  private void rider(Build build, double phase) {
    double g = build.girth();
    Vec hips = SADDLE.plus(new Vec(0, 0, 0.05));
    Vec chest = new Vec(hips.x() + build.lean(), 0, hips.z() + 0.47 - 0.25 * build.lean());
    for (int side = -1; side <= 1; side += 2) {
      double turn = phase + (side > 0 ? 0 : Math.PI);
      Vec pedal =
          CRANK.plus(
              new Vec(0.17 * StrictMath.cos(turn), side * 0.12, -0.17 * StrictMath.sin(turn)));
      Vec hip = hips.plus(new Vec(0, side * 0.09, -0.02));
      Vec ankle = pedal.plus(new Vec(-0.05, 0, 0.09));
      Vec knee = joint(hip, ankle, 0.45, 0.44, 1);
      b.bar(Material.BOTTOM, hip, knee, 0.09 * g, 0.065, sides, true);
      b.bar(Material.BOTTOM, knee, ankle, 0.064, 0.045, sides, false);
      b.bar(
          Material.SHOES,
          ankle.plus(new Vec(-0.06, 0, -0.03)),
          pedal.plus(new Vec(0.13, 0, 0.02)),
          0.05,
          0.034,
          4,
          true);
      Vec shoulder = chest.plus(new Vec(0.02, side * 0.19, 0));
      Vec hand = HEAD.plus(new Vec(0.01, side * 0.24, 0.15));
      Vec elbow = joint(shoulder, hand, 0.30, 0.32, -1).plus(new Vec(0, side * 0.05, 0));
      b.bar(Material.TOP, shoulder, elbow, 0.056, 0.046, sides, true);
      b.bar(Material.TOP, elbow, hand, 0.044, 0.034, sides, false);
      b.bar(Material.SKIN, hand, hand.plus(new Vec(0.08, 0, -0.02)), 0.036, 0.03, 4, true);
    }
    trunk(hips, chest, g);
    Vec head = chest.plus(new Vec(0.12, 0, 0.24));
    b.bar(Material.SKIN, chest, head, 0.055, 0.05, sides, false);
    b.ball(Material.SKIN, head, 0.098, 0.08, 0.12, sides + 1, 5);
    double brim = build.helmet() ? 0.125 : 0.107;
    b.loft(
        Material.HAIR,
        List.of(
            MeshBuilder.level(head.x() - 0.015, 0, head.z() + 0.02, brim, brim - 0.02, sides + 1),
            MeshBuilder.level(
                head.x() - 0.02, 0, head.z() + 0.09, brim - 0.02, brim - 0.035, sides + 1),
            MeshBuilder.level(head.x() - 0.02, 0, head.z() + 0.14, 0.05, 0.045, sides + 1)));
  }

  private void trunk(Vec hips, Vec chest, double g) {
    Vec axis = chest.minus(hips).unit();
    Vec aside = new Vec(0, 1, 0);
    Vec fore = aside.cross(axis);
    int n = Math.max(6, sides);
    b.loft(
        Material.BOTTOM,
        List.of(
            MeshBuilder.ring(hips.plus(axis.times(-0.09)), fore, aside, 0.11, 0.15 * g, n),
            MeshBuilder.ring(hips.plus(axis.times(0.1)), fore, aside, 0.115 * g, 0.165 * g, n)));
    b.loft(
        Material.TOP,
        List.of(
            MeshBuilder.ring(hips.plus(axis.times(0.06)), fore, aside, 0.12 * g, 0.165 * g, n),
            MeshBuilder.ring(hips.towards(chest, 0.75), fore, aside, 0.125 * g, 0.195 * g, n),
            MeshBuilder.ring(chest.plus(axis.times(0.06)), fore, aside, 0.08, 0.15, n)));
  }

  /** Where two bones meet that reach from one point to another, bent forward (1) or back (-1). */
  private static Vec joint(Vec from, Vec to, double first, double second, int bend) {
    Vec way = to.minus(from);
    double length = Math.min(way.length(), 0.999 * (first + second));
    double along = (first * first - second * second + length * length) / (2 * length);
    double off = Math.sqrt(Math.max(0, first * first - along * along));
    Vec unit = way.unit();
    Vec forward = new Vec(-unit.z(), 0, unit.x());
    if (forward.x() * bend < 0) {
      forward = forward.times(-1);
    }
    return from.plus(unit.times(along)).plus(forward.times(off));
  }
}
