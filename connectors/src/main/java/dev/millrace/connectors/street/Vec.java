package dev.millrace.connectors.street;

/** A point or direction in metres: x across the street, y along it, z up. */
record Vec(double x, double y, double z) {

  Vec plus(Vec other) {
    return new Vec(x + other.x, y + other.y, z + other.z);
  }

  Vec minus(Vec other) {
    return new Vec(x - other.x, y - other.y, z - other.z);
  }

  Vec times(double by) {
    return new Vec(x * by, y * by, z * by);
  }

  double dot(Vec other) {
    return x * other.x + y * other.y + z * other.z;
  }

  Vec cross(Vec o) {
    return new Vec(y * o.z - z * o.y, z * o.x - x * o.z, x * o.y - y * o.x);
  }

  double length() {
    return Math.sqrt(dot(this));
  }

  Vec unit() {
    return times(1 / length());
  }

  /** {@code share} 0: here, 1: there. */
  Vec towards(Vec there, double share) {
    return plus(there.minus(this).times(share));
  }
}
