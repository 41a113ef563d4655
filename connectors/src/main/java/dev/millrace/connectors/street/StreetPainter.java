package dev.millrace.connectors.street;

import java.util.List;

/** Puts a street before the lens. */
final class StreetPainter {
  private static final List<Integer> GREENS =
      List.of(0x4d6b2c, 0x3f6130, 0x5f7430, 0x6f7a35, 0x35552b, 0x7c6a2c);
  private static final List<Integer> ROOFS = List.of(0x7a4636, 0x56504b, 0x8c5a41, 0x454a50);

  private final Street street;
  private final BackdropPainter to;
  private final Lens lens;

  private StreetPainter(Street street, BackdropPainter to) {
    this.street = street;
    this.to = to;
    this.lens = to.lens();
  }

  static void paint(Street street, BackdropPainter to) {
    StreetPainter painter = new StreetPainter(street, to);
    painter.pavements();
    street.houses().forEach(painter::house);
    street.posts().forEach(painter::post);
    street.trees().forEach(painter::tree);
  }

  private Plain plain(int rgb, Vec normal, double grain) {
    return new Plain(Colour.linear(rgb), normal, to.light(), to.shadows(), grain);
  }

  private void pavements() {
    double far = 100;
    for (int side = -1; side <= 1; side += 2) {
      if (street.crosses()) {
        pavement(side * street.half(), side * far, street.crossing(), Street.REACH);
        pavement(side * street.half(), side * far, -street.crossing(), -Street.REACH);
      } else {
        pavement(side * street.half(), side * far, -Street.REACH, Street.REACH);
      }
    }
  }

  /** A slab; its first sides are kerbs. */
  private void pavement(double x0, double x1, double y0, double y1) {
    double z = Street.KERB;
    to.face(
        to.ground(),
        new Vec(x0, y0, z),
        new Vec(x1, y0, z),
        new Vec(x1, y1, z),
        new Vec(x0, y1, z));
    Plain alongY = plain(0x8f8c86, new Vec(-Math.signum(x0), 0, 0), 0.2);
    to.face(alongY, new Vec(x0, y0, 0), new Vec(x0, y1, 0), new Vec(x0, y1, z), new Vec(x0, y0, z));
    Plain alongX = plain(0x8f8c86, new Vec(0, -Math.signum(y0), 0), 0.2);
    to.face(alongX, new Vec(x0, y0, 0), new Vec(x1, y0, 0), new Vec(x1, y0, z), new Vec(x0, y0, z));
  }

  private void house(Street.House house) {
    Street.Lot lot = house.lot();
    double h = house.height();
    wall(house, new Vec(-1, 0, 0), lot.x0(), lot.x0(), lot.y0(), lot.y1());
    wall(house, new Vec(1, 0, 0), lot.x1(), lot.x1(), lot.y0(), lot.y1());
    wall(house, new Vec(0, -1, 0), lot.x0(), lot.x1(), lot.y0(), lot.y0());
    wall(house, new Vec(0, 1, 0), lot.x0(), lot.x1(), lot.y1(), lot.y1());
    Dice dice = new Dice(house.look(), 5);
    int tiles = dice.pick(ROOFS);
    if (!house.gable()) {
      Plain flat = plain(0x6b6a68, new Vec(0, 0, 1), 0.3);
      to.face(
          flat,
          new Vec(lot.x0(), lot.y0(), h),
          new Vec(lot.x1(), lot.y0(), h),
          new Vec(lot.x1(), lot.y1(), h),
          new Vec(lot.x0(), lot.y1(), h));
      return;
    }
    double middle = (lot.x0() + lot.x1()) / 2;
    double ridge = h + (lot.x1() - lot.x0()) * 0.38;
    for (int side = -1; side <= 1; side += 2) {
      double eave = side < 0 ? lot.x0() - 0.3 : lot.x1() + 0.3;
      Vec normal = new Vec(side * (ridge - h), 0, Math.abs(middle - eave)).unit();
      to.face(
          plain(tiles, normal, 0.5),
          new Vec(eave, lot.y0(), h - 0.2),
          new Vec(eave, lot.y1(), h - 0.2),
          new Vec(middle, lot.y1(), ridge),
          new Vec(middle, lot.y0(), ridge));
    }
    for (double y : new double[] {lot.y0(), lot.y1()}) {
      to.face(
          plain(0xb5a88f, new Vec(0, y == lot.y0() ? -1 : 1, 0), 0.2),
          new Vec(lot.x0(), y, h),
          new Vec(lot.x1(), y, h),
          new Vec(middle, y, ridge));
    }
  }

  private void wall(Street.House house, Vec normal, double x0, double x1, double y0, double y1) {
    Vec eye = lens.eye();
    if ((eye.x() - x0) * normal.x() + (eye.y() - y0) * normal.y() <= 0) {
      return;
    }
    boolean alongY = x0 == x1;
    boolean blind = alongY ? false : !street.crosses() && Math.abs(y0) < Street.REACH;
    double h = house.height();
    Wall wall =
        new Wall(
            to.light(),
            to.shadows(),
            normal,
            alongY,
            alongY ? y0 : x0,
            alongY ? y1 - y0 : x1 - x0,
            h,
            blind,
            house.look());
    to.face(wall, new Vec(x0, y0, 0), new Vec(x1, y1, 0), new Vec(x1, y1, h), new Vec(x0, y0, h));
  }

  private void post(Street.Post post) {
    upright(
        post.x(),
        post.y(),
        0,
        post.height(),
        post.kind() == Street.Post.Kind.SIGN ? 0.035 : 0.06,
        0x5a5e60);
    Vec top = new Vec(post.x(), post.y(), post.height());
    switch (post.kind()) {
      case LAMP -> {
        Vec end = top.plus(new Vec(post.reach(), 0, 0.15));
        strip(top, end, 0.05, 0x5a5e60);
        Vec head = end.plus(new Vec(-Math.signum(post.reach()) * 0.35, 0, 0));
        strip(head, end.plus(new Vec(Math.signum(post.reach()) * 0.35, 0, 0)), 0.1, 0x494c4e);
      }
      case SIGN -> {
        Vec[] ring =
            MeshBuilder.ring(
                top.plus(facing().times(-0.05)), lens.right(), lens.down(), 0.3, 0.3, 12);
        boolean red = new Dice(Double.doubleToLongBits(post.y())).chance(0.5);
        to.face(plain(red ? 0xb3201f : 0x1f4fa0, facing().times(-1), 0), ring);
        Vec[] inner =
            MeshBuilder.ring(
                top.plus(facing().times(-0.08)), lens.right(), lens.down(), 0.2, 0.2, 12);
        to.face(plain(0xe6e6e2, facing().times(-1), 0), inner);
      }
      case SIGNAL -> {
        double z = post.height();
        box(post.x(), post.y(), 0.19, z - 0.95, z + 0.1, 0x202224);
      }
    }
  }

  /** Level direction in which the lens looks. */
  private Vec facing() {
    return new Vec(lens.ahead().x(), lens.ahead().y(), 0).unit();
  }

  private void box(double x, double y, double half, double z0, double z1, int rgb) {
    double[][] sides = {{-1, 0}, {1, 0}, {0, -1}, {0, 1}};
    for (double[] side : sides) {
      double px = x + side[0] * half;
      double py = y + side[1] * half;
      double ax = side[1] * half;
      double ay = side[0] * half;
      to.face(
          plain(rgb, new Vec(side[0], side[1], 0), 0),
          new Vec(px - ax, py - ay, z0),
          new Vec(px + ax, py + ay, z0),
          new Vec(px + ax, py + ay, z1),
          new Vec(px - ax, py - ay, z1));
    }
  }

  /** Thin and round, so that it looks the same from everywhere: a light and a dark stripe. */
  private void upright(double x, double y, double z0, double z1, double half, int rgb) {
    Vec right = lens.right();
    for (int side = -1; side <= 1; side += 2) {
      Vec out = right.times(side * half);
      Vec normal = right.times(side * 0.7).plus(facing().times(-0.7));
      Vec low = new Vec(x, y, z0);
      Vec high = new Vec(x, y, z1);
      to.face(plain(rgb, normal, 0.2), low, low.plus(out), high.plus(out), high);
    }
  }

  private void strip(Vec from, Vec to3, double half, int rgb) {
    Vec up = new Vec(0, 0, half);
    to.face(
        plain(rgb, facing().times(-1), 0),
        from.minus(up),
        to3.minus(up),
        to3.plus(up),
        from.plus(up));
  }

  private void tree(Street.Tree tree) {
    upright(tree.x(), tree.y(), 0, tree.trunk() + 0.6, 0.13, 0x4f4034);
    float[] green = Colour.linear(new Dice(tree.look(), 3).pick(GREENS));
    double bottom = tree.trunk() - tree.crown() * 0.4;
    double top = tree.trunk() + tree.crown() * 2.1;
    for (Crown.Blob blob : Crown.of(tree)) {
      to.leaves(blob, green, bottom, top);
    }
  }
}
