package dev.millrace.connectors.street;

/**
 * A pinhole camera. Its coordinates: right, down, ahead, in metres from the eye; on the canvas
 * {@code u = cx + focal * right / ahead}, {@code v = cy + focal * down / ahead}.
 *
 * @param focal in pixels
 * @param cx the canvas's middle, in pixels
 */
record Lens(Vec eye, Vec right, Vec down, Vec ahead, double focal, double cx, double cy) {

  /** Nearer than this, in metres, nothing is seen. */
  static final double NEAR = 0.4;

  /**
   * @param heading radians from the x axis, counter-clockwise
   * @param pitch radians above the horizon
   * @param view radians that the picture's width spans
   * @param width of the picture in pixels
   * @param margin pixels of canvas on each side of the picture
   */
  static Lens of(
      Vec eye, double heading, double pitch, double view, int width, int height, int margin) {
    double cosH = StrictMath.cos(heading);
    double sinH = StrictMath.sin(heading);
    double cosP = StrictMath.cos(pitch);
    double sinP = StrictMath.sin(pitch);
    return new Lens(
        eye,
        new Vec(sinH, -cosH, 0),
        new Vec(cosH * sinP, sinH * sinP, -cosP),
        new Vec(cosH * cosP, sinH * cosP, sinP),
        width / 2.0 / StrictMath.tan(view / 2),
        width / 2.0 + margin,
        height / 2.0 + margin);
  }

  /** A point as this camera sees it: x right, y down, z ahead. */
  Vec seen(Vec point) {
    Vec from = point.minus(eye);
    return new Vec(from.dot(right), from.dot(down), from.dot(ahead));
  }

  double u(Vec seen) {
    return cx + focal * seen.x() / seen.z();
  }

  double v(Vec seen) {
    return cy + focal * seen.y() / seen.z();
  }

  /** Direction, not of unit length, in which a point of the canvas lies: one metre ahead. */
  Vec ray(double u, double v) {
    double x = (u - cx) / focal;
    double y = (v - cy) / focal;
    return ahead.plus(right.times(x)).plus(down.times(y));
  }

  /** How far ahead the ground lies at a point of the canvas; negative above the horizon. */
  double groundAhead(double u, double v, double groundHeight) {
    double slope = ahead.z() + right.z() * (u - cx) / focal + down.z() * (v - cy) / focal;
    return slope < -1e-9 ? (groundHeight - eye.z()) / slope : -1;
  }
}
