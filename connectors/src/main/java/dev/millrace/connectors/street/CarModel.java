package dev.millrace.connectors.street;

import java.util.List;

/**
 * A car: a body lofted along its length, a glass house upon it.
 *
 * @param length metres
 * @param belt height of the windows' lower edge
 * @param nose height of the bonnet's front edge
 * @param cowl where the windscreen begins, forward of the middle
 * @param roofFront where it meets the roof
 * @param roofBack where the roof ends, behind the middle
 * @param tail where the rear window ends, behind the middle
 * @param deck height of the boot's lid, or of the tailgate's lower edge
 * @param clearance below the sills
 */
record CarModel(
    double length,
    double width,
    double height,
    double belt,
    double nose,
    double cowl,
    double roofFront,
    double roofBack,
    double tail,
    double deck,
    double clearance,
    double wheel) {

  static final List<CarModel> ALL =
      List.of(
          // saloon
          new CarModel(4.6, 1.82, 1.46, 0.95, 0.70, 0.98, 0.30, 1.05, 1.72, 1.00, 0.22, 0.33),
          // hatchback
          new CarModel(4.1, 1.76, 1.50, 0.95, 0.72, 1.02, 0.42, 1.45, 1.92, 0.98, 0.22, 0.32),
          // estate
          new CarModel(4.7, 1.84, 1.49, 0.96, 0.70, 1.02, 0.36, 1.85, 2.22, 0.98, 0.22, 0.33),
          // off-roader
          new CarModel(4.5, 1.88, 1.74, 1.08, 0.88, 1.05, 0.52, 1.80, 2.12, 1.08, 0.30, 0.38),
          // small car
          new CarModel(3.6, 1.66, 1.50, 0.94, 0.76, 1.10, 0.58, 1.30, 1.68, 0.98, 0.20, 0.29),
          // people carrier
          new CarModel(4.6, 1.86, 1.72, 1.02, 0.80, 1.45, 0.62, 1.95, 2.20, 1.04, 0.22, 0.33),
          // coupe
          new CarModel(4.5, 1.86, 1.34, 0.88, 0.62, 0.80, 0.05, 0.85, 1.80, 0.98, 0.18, 0.34));

  Mesh mesh() {
    MeshBuilder b = new MeshBuilder(new Mesh());
    body(b);
    house(b);
    lights(b);
    double axle = length / 2 - wheel - 0.46;
    Wheels.axle(b, axle, width / 2, wheel, true);
    Wheels.axle(b, -axle + 0.06, width / 2, wheel, true);
    return b.mesh();
  }

  private void body(MeshBuilder b) {
    double front = length / 2;
    double sill = clearance + 0.14;
    List<Vec[]> low =
        List.of(
            section(front, 0.84, clearance + 0.08, sill, sill + 0.04),
            section(front - 0.16, 0.97, clearance, sill, sill + 0.04),
            section(-front + 0.16, 0.97, clearance, sill, sill + 0.04),
            section(-front, 0.86, clearance + 0.08, sill, sill + 0.04));
    b.loft(Material.TRIM, low);
    List<Vec[]> high =
        List.of(
            section(front, 0.85, sill, sill + 0.08, nose - 0.10),
            section(front - 0.14, 0.965, sill, nose - 0.18, nose),
            section((front + cowl) / 2, 1, sill, nose - 0.06, (nose + belt) / 2 + 0.05),
            section(cowl, 1, sill, belt - 0.16, belt),
            section(-roofBack + 0.1, 1, sill, belt - 0.14, belt + 0.02),
            section(-tail, 0.99, sill, deck - 0.16, deck),
            section(-front + 0.10, 0.95, sill, deck - 0.2, deck - 0.03),
            section(-front, 0.86, sill + 0.05, deck - 0.3, deck - 0.14));
    b.loft(Material.PAINT, high);
  }

  /** Across the body: bottom, flank and shoulder of both sides. */
  private Vec[] section(double x, double share, double bottom, double flank, double top) {
    double w = width / 2 * share;
    return new Vec[] {
      new Vec(x, w * 0.95, bottom),
      new Vec(x, w, (bottom + flank) / 2),
      new Vec(x, w, flank),
      new Vec(x, w * 0.90, top),
      new Vec(x, -w * 0.90, top),
      new Vec(x, -w, flank),
      new Vec(x, -w, (bottom + flank) / 2),
      new Vec(x, -w * 0.95, bottom)
    };
  }

  private void house(MeshBuilder b) {
    double w = width / 2 * 0.90;
    double r = width / 2 * 0.70;
    double low = belt - 0.04;
    Vec frontLeft = new Vec(cowl, w, low);
    Vec frontRight = new Vec(cowl, -w, low);
    Vec backLeft = new Vec(-tail, w, Math.min(low, deck));
    Vec backRight = new Vec(-tail, -w, Math.min(low, deck));
    Vec roofFrontLeft = new Vec(roofFront, r, height - 0.02);
    Vec roofFrontRight = new Vec(roofFront, -r, height - 0.02);
    Vec roofBackLeft = new Vec(-roofBack, r, height - 0.03);
    Vec roofBackRight = new Vec(-roofBack, -r, height - 0.03);
    Vec ridgeFront = new Vec(roofFront - 0.15, 0, height);
    Vec ridgeBack = new Vec(-roofBack + 0.1, 0, height);
    b.around(-0.3, 0, belt);
    Vec[] windscreen = {frontLeft, frontRight, roofFrontRight, roofFrontLeft};
    Vec[] rear = {backLeft, backRight, roofBackRight, roofBackLeft};
    Vec[] left = {backLeft, frontLeft, roofFrontLeft, roofBackLeft};
    Vec[] right = {backRight, frontRight, roofFrontRight, roofBackRight};
    for (Vec[] wall : List.of(windscreen, rear, left, right)) {
      b.quad(Material.PAINT, wall[0], wall[1], wall[2], wall[3]);
    }
    b.quad(Material.PAINT, roofFrontLeft, ridgeFront, ridgeBack, roofBackLeft);
    b.quad(Material.PAINT, roofFrontRight, ridgeFront, ridgeBack, roofBackRight);
    b.face(Material.PAINT, roofFrontLeft, roofFrontRight, ridgeFront);
    b.face(Material.PAINT, roofBackLeft, roofBackRight, ridgeBack);
    b.inset(Material.GLASS, windscreen, 0.05, 0.95, 0.06, 0.93, 0.015);
    b.inset(Material.GLASS, rear, 0.07, 0.93, 0.12, 0.88, 0.015);
    for (Vec[] side : List.of(left, right)) {
      b.inset(Material.GLASS, side, 0.10, 0.47, 0.14, 0.88, 0.015);
      b.inset(Material.GLASS, side, 0.51, 0.90, 0.14, 0.88, 0.015);
    }
    for (int side = -1; side <= 1; side += 2) {
      double y = side * (width / 2 + 0.02);
      b.box(
          Material.TRIM,
          cowl - 0.34,
          cowl - 0.2,
          Math.min(y, y + side * 0.16),
          Math.max(y, y + side * 0.16),
          belt - 0.02,
          belt + 0.13);
    }
  }

  private void lights(MeshBuilder b) {
    double front = length / 2 + 0.012;
    double w = width / 2;
    double lamp = nose - 0.11;
    for (int side = -1; side <= 1; side += 2) {
      b.plate(Material.HEADLIGHT, front, side * 0.42 * w, side * 0.83 * w, lamp - 0.15, lamp, 1);
      b.panel(
          Material.HEADLIGHT,
          side * (0.955 * w + 0.012),
          length / 2 - 0.36,
          length / 2 - 0.13,
          lamp - 0.13,
          lamp,
          side);
      double tailLamp = deck - 0.19;
      b.plate(
          Material.TAILLIGHT,
          -front,
          side * 0.48 * w,
          side * 0.85 * w,
          tailLamp - 0.15,
          tailLamp,
          -1);
      b.panel(
          Material.TAILLIGHT,
          side * (0.955 * w + 0.012),
          -length / 2 + 0.1,
          -length / 2 + 0.26,
          tailLamp - 0.12,
          tailLamp,
          side);
    }
    b.plate(Material.TRIM, front - 0.006, -0.36 * w, 0.36 * w, lamp - 0.17, lamp - 0.03, 1);
    b.plate(Material.PLATE, front, -0.26, 0.26, clearance + 0.17, clearance + 0.28, 1);
    b.plate(Material.PLATE, -front, -0.26, 0.26, deck - 0.38, deck - 0.27, -1);
  }
}
