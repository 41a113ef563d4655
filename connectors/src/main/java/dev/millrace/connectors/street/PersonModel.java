package dev.millrace.connectors.street;

import java.util.List;

/** A walking person, 1.75 m tall unless scaled. */
final class PersonModel {
  private static final double THIGH = 0.44;
  private static final double SHIN = 0.42;
  private static final double HIP = 0.94;

  private final MeshBuilder b;
  private final int sides;
  private final Build build;

  /**
   * What does not change while they walk.
   *
   * @param girth 1: slim to 1.3: stout
   * @param coat metres that the top reaches below the hips
   * @param sleeves whether the arms are covered
   * @param trousers whether the legs are covered
   * @param bag 0: none, 1: on the back, 2: in the right hand
   */
  record Build(
      double height,
      double girth,
      double coat,
      boolean sleeves,
      boolean trousers,
      boolean hat,
      int bag) {

    static Build of(Dice dice) {
      return new Build(
          dice.between(1.58, 1.9),
          dice.between(0.95, 1.3),
          dice.chance(0.4) ? dice.between(0.15, 0.5) : 0,
          dice.chance(0.75),
          dice.chance(0.85),
          dice.chance(0.2),
          dice.weighted(0.55, 0.27, 0.18));
    }
  }

  private PersonModel(MeshBuilder b, Build build, int sides) {
    this.b = b;
    this.build = build;
    this.sides = sides;
  }

  /**
   * @param phase of the step, radians: two steps are a turn
   * @param vigour 0: standing, 1: walking
   * @param sides of each limb: 4 where nobody looks closely, 6 where one may
   */
  static void build(Mesh to, Build build, double phase, double vigour, int sides) {
    PersonModel model = new PersonModel(new MeshBuilder(to), build, sides);
    model.walk(phase, vigour);
    stand(to, (float) (build.height() / 1.75));
  }

  /** In its size, its lower foot on the ground. */
  private static void stand(Mesh mesh, float by) {
    float lowest = Float.MAX_VALUE;
    for (int i = 0; i < mesh.corners(); i++) {
      lowest = Math.min(lowest, mesh.z[i]);
    }
    for (int i = 0; i < mesh.corners(); i++) {
      mesh.x[i] *= by;
      mesh.y[i] *= by;
      mesh.z[i] = (mesh.z[i] - lowest) * by;
    }
  }

  private void walk(double phase, double vigour) {
    double left = thigh(phase, vigour);
    double right = thigh(phase + Math.PI, vigour);
    double leftKnee = knee(phase, vigour);
    double rightKnee = knee(phase + Math.PI, vigour);
    double drop = Math.max(reach(left, leftKnee), reach(right, rightKnee));
    double lift = drop + 0.07 - HIP;
    leg(1, left, leftKnee, lift);
    leg(-1, right, rightKnee, lift);
    body(lift);
    arm(1, -0.75 * left, vigour, lift);
    arm(-1, -0.75 * right, vigour, lift);
    head(lift);
    bag(lift);
  }

  private static double thigh(double phase, double vigour) {
    return vigour * (0.5 * StrictMath.sin(phase) + 0.08);
  }

  /** Bent most while the leg swings forward. */
  private static double knee(double phase, double vigour) {
    double swing = Math.max(0, StrictMath.cos(phase - 0.25));
    return vigour * (0.12 + 0.85 * swing * swing);
  }

  private static double reach(double thigh, double knee) {
    return THIGH * StrictMath.cos(thigh) + SHIN * StrictMath.cos(thigh - knee);
  }

  private void leg(int side, double thigh, double knee, double lift) {
    double y = side * 0.095;
    Vec hip = new Vec(0, y, HIP + lift);
    Vec joint = hip.plus(turned(THIGH, thigh));
    Vec ankle = joint.plus(turned(SHIN, thigh - knee));
    double g = build.girth();
    b.bar(Material.BOTTOM, hip, joint, 0.092 * g, 0.068 * g, sides, false);
    b.bar(
        build.trousers() ? Material.BOTTOM : Material.SKIN,
        joint,
        ankle,
        0.066,
        0.045,
        sides,
        false);
    double tilt = 0.6 * (thigh - knee);
    Vec toe =
        ankle.plus(new Vec(0.17 * StrictMath.cos(tilt), 0, 0.17 * StrictMath.sin(tilt) - 0.035));
    Vec heel = ankle.plus(new Vec(-0.06, 0, -0.03));
    b.bar(Material.SHOES, heel, toe, 0.052, 0.034, 4, true);
  }

  /** A bone that hangs down, swung forward by an angle. */
  private static Vec turned(double length, double angle) {
    return new Vec(length * StrictMath.sin(angle), 0, -length * StrictMath.cos(angle));
  }

  private void body(double lift) {
    double g = build.girth();
    int n = Math.max(6, sides);
    double low = HIP - 0.1 + lift;
    b.loft(
        Material.TOP,
        List.of(
            MeshBuilder.level(0, 0, low + (build.coat() > 0 ? 0 : 0.08), 0.125 * g, 0.165 * g, n),
            MeshBuilder.level(0, 0, 1.14 + lift, 0.11 * g, 0.15 * g, n),
            MeshBuilder.level(0, 0, 1.36 + lift, 0.125 * g, 0.195 * g, n),
            MeshBuilder.level(0, 0, 1.47 + lift, 0.08, 0.15, n)));
    if (build.coat() > 0) {
      b.loft(
          Material.TOP,
          List.of(
              MeshBuilder.level(0, 0, low - build.coat(), 0.19 * g, 0.2 * g, n),
              MeshBuilder.level(0, 0, low + 0.02, 0.125 * g, 0.165 * g, n)));
    } else {
      b.loft(
          Material.BOTTOM,
          List.of(
              MeshBuilder.level(0, 0, low - 0.04, 0.115 * g, 0.16 * g, n),
              MeshBuilder.level(0, 0, low + 0.1, 0.12 * g, 0.165 * g, n)));
    }
  }

  private void arm(int side, double swing, double vigour, double lift) {
    Vec shoulder = new Vec(0, side * 0.205 * (0.6 + 0.4 * build.girth()), 1.42 + lift);
    Vec elbow = shoulder.plus(turned(0.28, swing)).plus(new Vec(0, side * 0.03, 0));
    Vec hand = elbow.plus(turned(0.26, swing + 0.15 + 0.25 * vigour));
    b.bar(Material.TOP, shoulder, elbow, 0.056, 0.045, sides, true);
    b.bar(build.sleeves() ? Material.TOP : Material.SKIN, elbow, hand, 0.045, 0.036, sides, false);
    b.bar(Material.SKIN, hand, hand.plus(new Vec(0.01, 0, -0.09)), 0.038, 0.026, 4, true);
  }

  private void head(double lift) {
    b.bar(
        Material.SKIN,
        new Vec(0, 0, 1.44 + lift),
        new Vec(0.01, 0, 1.54 + lift),
        0.05,
        0.048,
        sides,
        false);
    b.ball(Material.SKIN, new Vec(0.015, 0, 1.625 + lift), 0.097, 0.08, 0.12, sides + 1, 5);
    double brim = build.hat() ? 0.125 : 0.106;
    b.loft(
        Material.HAIR,
        List.of(
            MeshBuilder.level(-0.012, 0, 1.635 + lift, brim, brim - 0.016, sides + 1),
            MeshBuilder.level(-0.006, 0, 1.70 + lift, 0.095, 0.08, sides + 1),
            MeshBuilder.level(0, 0, 1.752 + lift, 0.045, 0.04, sides + 1)));
    b.box(Material.HAIR, -0.105, -0.03, -0.07, 0.07, 1.54 + lift, 1.66 + lift);
  }

  private void bag(double lift) {
    if (build.bag() == 1) {
      b.box(Material.BAG, -0.29, -0.1, -0.15, 0.15, 1.03 + lift, 1.43 + lift);
    } else if (build.bag() == 2) {
      b.box(Material.BAG, -0.14, 0.16, -0.31, -0.21, 0.5 + lift, 0.82 + lift);
    }
  }
}
