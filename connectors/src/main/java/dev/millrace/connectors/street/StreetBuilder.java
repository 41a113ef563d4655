package dev.millrace.connectors.street;

import dev.millrace.connectors.street.Street.House;
import dev.millrace.connectors.street.Street.Lot;
import dev.millrace.connectors.street.Street.Post;
import dev.millrace.connectors.street.Street.Tree;
import java.util.ArrayList;
import java.util.List;

/** Puts houses, trees and posts along a road. */
final class StreetBuilder {
  private final Street street;
  private final Viewpoint viewpoint;
  private final Dice dice;
  private final List<House> houses = new ArrayList<>();
  private final List<Tree> trees = new ArrayList<>();
  private final List<Post> posts = new ArrayList<>();
  private final List<Lot> lawns = new ArrayList<>();

  /**
   * @param street a road, and nothing along it
   */
  StreetBuilder(Street street, Viewpoint viewpoint, Dice dice) {
    this.street = street;
    this.viewpoint = viewpoint;
    this.dice = dice;
  }

  Street build() {
    houses();
    furniture();
    return street.with(houses, trees, posts, lawns);
  }

  private void houses() {
    double from = street.half() + street.pavement();
    double gap = street.crosses() ? street.crossing() + street.pavement() : 0;
    for (int side = -1; side <= 1; side += 2) {
      if (gap > 0) {
        row(side, from, gap, Street.REACH);
        row(side, from, -gap, -Street.REACH);
        across(side, from, gap);
        across(side, from, -gap);
      } else {
        row(side, from, -Street.REACH, Street.REACH);
      }
    }
    for (int end = -1; end <= 1; end += 2) {
      for (double x = -45; x < 45; x += 15) {
        house(
            x,
            x + 15,
            end * (Street.REACH + 2),
            end * (Street.REACH + 14),
            dice.between(9, 22),
            false);
      }
    }
  }

  /** Houses along the road from one y to another. */
  private void row(int side, double from, double y0, double y1) {
    double step = Math.signum(y1 - y0);
    double y = y0;
    while ((y1 - y) * step > 4) {
      double length = Math.min(dice.between(9, 19), Math.abs(y1 - y));
      double next = y + step * length;
      double depth = dice.between(9, 13);
      boolean cameraSide =
          viewpoint == Viewpoint.ACROSS && side < 0 && Math.min(Math.abs(y), Math.abs(next)) < 26;
      if (cameraSide || dice.chance(0.16)) {
        lawn(side * from, side * (from + depth), y, next);
      } else {
        double back = dice.chance(0.3) ? dice.between(0, 2.5) : 0;
        house(
            side * (from + back),
            side * (from + depth),
            y,
            next,
            dice.between(7, 19),
            dice.chance(0.35));
        if (back > 0) {
          lawn(side * from, side * (from + back), y, next);
        }
      }
      y = next;
    }
  }

  /** Houses along the crossing road. */
  private void across(int side, double from, double gap) {
    double x = from + 13;
    double step = Math.signum(gap);
    while (x < 85) {
      double length = dice.between(10, 18);
      if (dice.chance(0.15)) {
        lawn(side * x, side * (x + length), gap, gap + step * 12);
      } else {
        house(side * x, side * (x + length), gap, gap + step * 12, dice.between(7, 18), false);
      }
      x += length;
    }
  }

  private void house(double xa, double xb, double ya, double yb, double height, boolean gable) {
    boolean low = gable && height < 13;
    houses.add(new House(lot(xa, xb, ya, yb), low ? height * 0.75 : height, low, dice.bits()));
  }

  private void lawn(double xa, double xb, double ya, double yb) {
    Lot lot = lot(xa, xb, ya, yb);
    lawns.add(lot);
    double size = (lot.x1() - lot.x0()) * (lot.y1() - lot.y0());
    for (int i = 0; i < size / 45; i++) {
      tree(dice.between(lot.x0() + 1, lot.x1() - 1), dice.between(lot.y0() + 1, lot.y1() - 1), 1.2);
    }
  }

  private static Lot lot(double xa, double xb, double ya, double yb) {
    return new Lot(Math.min(xa, xb), Math.max(xa, xb), Math.min(ya, yb), Math.max(ya, yb));
  }

  private void tree(double x, double y, double scale) {
    trees.add(
        new Tree(
            x, y, dice.between(2.4, 3.2) * scale, dice.between(1.5, 2.2) * scale, dice.bits()));
  }

  private void furniture() {
    boolean avenue = dice.chance(0.65);
    double spacing = dice.between(11, 17);
    for (int side = -1; side <= 1; side += 2) {
      double x = side * (street.half() + 0.75);
      int count = 0;
      for (double y = -70 + dice.between(0, 8); y < 105; y += spacing) {
        count++;
        if (Math.abs(y) < street.crossing() + 6) {
          continue;
        }
        if (count % 3 == 0) {
          double arm = Math.min(street.half() * 0.7, 2.4);
          posts.add(new Post(x, y, 7.2, -side * arm, Post.Kind.LAMP));
        } else if (avenue && dice.chance(0.8)) {
          tree(x, y, 1);
        } else if (dice.chance(0.3)) {
          posts.add(new Post(x, y, 2.6, 0, Post.Kind.SIGN));
        }
      }
    }
    if (street.crosses()) {
      for (int sx = -1; sx <= 1; sx += 2) {
        for (int sy = -1; sy <= 1; sy += 2) {
          double x = sx * (street.half() + 0.6);
          double y = sy * (street.crossing() + 0.6);
          posts.add(new Post(x, y, 3.4, 0, Post.Kind.SIGNAL));
          posts.add(new Post(sx * (street.half() + 16), y, 7.2, 0, Post.Kind.LAMP));
        }
      }
    }
  }
}
