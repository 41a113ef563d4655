package dev.millrace.connectors.street;

import java.util.ArrayList;
import java.util.List;

/**
 * Builds a {@link Mesh} of parts. Each part bulges outward from its middle, so faces need no order
 * of corners: their normals are turned away from it. For one thread.
 */
final class MeshBuilder {
  private final Mesh mesh;
  private Vec middle = new Vec(0, 0, 0);

  MeshBuilder(Mesh mesh) {
    this.mesh = mesh;
    mesh.clear();
  }

  Mesh mesh() {
    return mesh;
  }

  /** From here on faces look away from this point. */
  MeshBuilder around(Vec point) {
    middle = point;
    return this;
  }

  MeshBuilder around(double x, double y, double z) {
    return around(new Vec(x, y, z));
  }

  /** A flat convex face. */
  MeshBuilder face(Material material, Vec... corners) {
    Vec normal = corners[1].minus(corners[0]).cross(corners[corners.length - 1].minus(corners[0]));
    double length = normal.length();
    if (length < 1e-9) {
      return this;
    }
    normal = normal.times(1 / length);
    boolean inward = normal.dot(corners[0].minus(middle)) < 0;
    for (int i = 0; i < corners.length; i++) {
      mesh.corner(corners[inward ? corners.length - 1 - i : i]);
    }
    mesh.face(inward ? normal.times(-1) : normal, material);
    return this;
  }

  /** Four corners in order around; two triangles where they are not in a plane. */
  MeshBuilder quad(Material material, Vec a, Vec b, Vec c, Vec d) {
    Vec normal = c.minus(a).cross(d.minus(b));
    double off = Math.abs(normal.dot(b.minus(a)));
    if (off > 0.004 * normal.length()) {
      return face(material, a, b, c).face(material, a, c, d);
    }
    return face(material, a, b, c, d);
  }

  MeshBuilder box(
      Material material, double x0, double x1, double y0, double y1, double z0, double z1) {
    around((x0 + x1) / 2, (y0 + y1) / 2, (z0 + z1) / 2);
    Vec[] low = rectangle(x0, x1, y0, y1, z0);
    Vec[] high = rectangle(x0, x1, y0, y1, z1);
    return sides(material, low, high).face(material, low).face(material, high);
  }

  private static Vec[] rectangle(double x0, double x1, double y0, double y1, double z) {
    return new Vec[] {
      new Vec(x0, y0, z), new Vec(x1, y0, z), new Vec(x1, y1, z), new Vec(x0, y1, z)
    };
  }

  /** Joins two rings of as many points. */
  MeshBuilder sides(Material material, Vec[] one, Vec[] other) {
    for (int i = 0; i < one.length; i++) {
      int next = (i + 1) % one.length;
      quad(material, one[i], one[next], other[next], other[i]);
    }
    return this;
  }

  /** Joins the rings one after the other, and closes both ends. */
  MeshBuilder loft(Material material, List<Vec[]> rings) {
    Vec sum = new Vec(0, 0, 0);
    for (Vec[] ring : rings) {
      sum = sum.plus(middle(ring));
    }
    around(sum.times(1.0 / rings.size()));
    for (int i = 1; i < rings.size(); i++) {
      sides(material, rings.get(i - 1), rings.get(i));
    }
    return face(material, rings.get(0)).face(material, rings.get(rings.size() - 1));
  }

  static Vec middle(Vec[] ring) {
    Vec sum = new Vec(0, 0, 0);
    for (Vec point : ring) {
      sum = sum.plus(point);
    }
    return sum.times(1.0 / ring.length);
  }

  /** A round bar that may grow thinner, open at its ends unless they are capped. */
  MeshBuilder bar(
      Material material,
      Vec from,
      Vec to,
      double radius,
      double radiusTo,
      int sides,
      boolean caps) {
    Vec axis = to.minus(from);
    if (axis.length() < 1e-6) {
      return this;
    }
    Vec along = axis.unit();
    Vec aside = along.cross(Math.abs(along.z()) < 0.8 ? new Vec(0, 0, 1) : new Vec(0, 1, 0)).unit();
    Vec[] first = ring(from, aside, along.cross(aside), radius, radius, sides);
    Vec[] last = ring(to, aside, along.cross(aside), radiusTo, radiusTo, sides);
    around(from.towards(to, 0.5));
    sides(material, first, last);
    return caps ? face(material, first).face(material, last) : this;
  }

  /** An ellipse of points in the plane of two directions. */
  static Vec[] ring(Vec centre, Vec one, Vec other, double radius, double radiusOther, int sides) {
    Vec[] points = new Vec[sides];
    for (int i = 0; i < sides; i++) {
      double angle = 2 * Math.PI * (i + 0.5) / sides;
      points[i] =
          centre
              .plus(one.times(radius * StrictMath.cos(angle)))
              .plus(other.times(radiusOther * StrictMath.sin(angle)));
    }
    return points;
  }

  /** A level ellipse. */
  static Vec[] level(double x, double y, double z, double radiusX, double radiusY, int sides) {
    return ring(new Vec(x, y, z), new Vec(1, 0, 0), new Vec(0, 1, 0), radiusX, radiusY, sides);
  }

  /** An upright ellipsoid. */
  MeshBuilder ball(
      Material material, Vec centre, double rx, double ry, double rz, int sides, int layers) {
    List<Vec[]> rings = new ArrayList<>();
    for (int i = 0; i <= layers; i++) {
      double angle = Math.PI * Math.min(Math.max((double) i / layers, 0.09), 0.91);
      double sin = StrictMath.sin(angle);
      rings.add(
          level(
              centre.x(),
              centre.y(),
              centre.z() - rz * StrictMath.cos(angle),
              rx * sin,
              ry * sin,
              sides));
    }
    return loft(material, rings);
  }

  /**
   * A sheet upon a face of four corners: from {@code u0} to {@code u1} of the way from the side a-d
   * to the side b-c, from {@code v0} to {@code v1} of the way from a-b to d-c.
   */
  MeshBuilder inset(
      Material material, Vec[] face, double u0, double u1, double v0, double v1, double lift) {
    Vec normal = face[1].minus(face[0]).cross(face[3].minus(face[0])).unit();
    if (normal.dot(middle(face).minus(middle)) < 0) {
      normal = normal.times(-1);
    }
    Vec up = normal.times(lift);
    return face(
        material,
        within(face, u0, v0).plus(up),
        within(face, u1, v0).plus(up),
        within(face, u1, v1).plus(up),
        within(face, u0, v1).plus(up));
  }

  private static Vec within(Vec[] face, double u, double v) {
    return face[0].towards(face[1], u).towards(face[3].towards(face[2], u), v);
  }

  /** An upright disc that looks to the left (1) or right (-1). */
  MeshBuilder disc(
      Material material, double x, double y, double z, double radius, int sides, int side) {
    around(x, y - side, z);
    return face(
        material,
        ring(new Vec(x, y, z), new Vec(1, 0, 0), new Vec(0, 0, 1), radius, radius, sides));
  }

  /** A sheet that looks along x: forward (1) or back (-1). */
  MeshBuilder plate(
      Material material, double x, double y0, double y1, double z0, double z1, int side) {
    around(x - side, (y0 + y1) / 2, (z0 + z1) / 2);
    return face(
        material, new Vec(x, y0, z0), new Vec(x, y1, z0), new Vec(x, y1, z1), new Vec(x, y0, z1));
  }

  /** A sheet that looks along y: left (1) or right (-1). */
  MeshBuilder panel(
      Material material, double y, double x0, double x1, double z0, double z1, int side) {
    around((x0 + x1) / 2, y - side, (z0 + z1) / 2);
    return face(
        material, new Vec(x0, y, z0), new Vec(x1, y, z0), new Vec(x1, y, z1), new Vec(x0, y, z1));
  }
}
