package dev.millrace.connectors.street;

import java.util.ArrayList;
import java.util.List;

/**
 * What stands still: a road along the y axis, maybe another across it at the origin, pavements,
 * houses, trees, lamps. Traffic keeps to the right.
 *
 * @param lanes driving lanes on each side
 * @param bikes width of the cycle lane on each side, metres; 0: none
 * @param parking width of the parking lane on each side, metres; 0: none
 * @param half from the road's middle to its kerb
 * @param pavement width
 * @param crossing half the width of the crossing road; 0: there is none
 */
record Street(
    int lanes,
    double bikes,
    double parking,
    double half,
    double pavement,
    double crossing,
    List<House> houses,
    List<Tree> trees,
    List<Post> posts,
    List<Lot> lawns) {

  static final double LANE = 3.3;
  static final double KERB = 0.13;

  /** How far the road goes on, ahead and behind. */
  static final double REACH = 130;

  /** A rectangle of ground. */
  record Lot(double x0, double x1, double y0, double y1) {
    boolean has(double x, double y) {
      return x >= x0 && x < x1 && y >= y0 && y < y1;
    }
  }

  /**
   * @param gable whether it has a pitched roof, its ridge along y
   * @param look what its walls and windows are chosen by
   */
  record House(Lot lot, double height, boolean gable, long look) {}

  /**
   * @param crown radius of its leaves
   */
  record Tree(double x, double y, double trunk, double crown, long look) {}

  /**
   * A pole with something on it.
   *
   * @param reach which way its arm points, and how far; 0: no arm
   */
  record Post(double x, double y, double height, double reach, Kind kind) {
    enum Kind {
      LAMP,
      SIGN,
      SIGNAL
    }
  }

  boolean crosses() {
    return crossing > 0;
  }

  /** From the road's middle to the middle of a driving lane. */
  double lane(int index) {
    return LANE * (index + 0.5);
  }

  /** From the road's middle to where bicycles go. */
  double bikeLane() {
    return LANE * lanes + (bikes > 0 ? bikes / 2 : -0.55);
  }

  /** From the road's middle to the middle of the parking lane. */
  double parkingLane() {
    return half - parking / 2;
  }

  /** Of a crossing: from its middle to where vehicles stop. */
  double stopLine(boolean alongY) {
    return (alongY ? crossing : half) + 5.2;
  }

  static Street of(Viewpoint viewpoint, Dice dice) {
    boolean crosses = viewpoint == Viewpoint.CROSSING;
    int lanes = !crosses && dice.chance(0.3) ? 2 : 1;
    double bikes = crosses || dice.chance(0.75) ? dice.between(1.5, 1.9) : 0;
    double parking = !crosses && dice.chance(0.5) ? 2.2 : 0;
    double half = LANE * lanes + bikes + parking + 0.25;
    double pavement = dice.between(3.2, 5);
    double crossing = crosses ? LANE + bikes + 0.25 : 0;
    Street bare =
        new Street(
            lanes,
            bikes,
            parking,
            half,
            pavement,
            crossing,
            new ArrayList<>(),
            new ArrayList<>(),
            new ArrayList<>(),
            new ArrayList<>());
    Builder.fill(bare, viewpoint, dice);
    return new Street(
        lanes,
        bikes,
        parking,
        half,
        pavement,
        crossing,
        List.copyOf(bare.houses),
        List.copyOf(bare.trees),
        List.copyOf(bare.posts),
        List.copyOf(bare.lawns));
  }

  /** Puts things along the road. */
  private record Builder(Street street, Viewpoint viewpoint, Dice dice) {

    static void fill(Street street, Viewpoint viewpoint, Dice dice) {
      Builder builder = new Builder(street, viewpoint, dice);
      builder.houses();
      builder.furniture();
    }

    private void houses() {
      double from = street.half + street.pavement;
      double gap = street.crosses() ? street.crossing + street.pavement : 0;
      for (int side = -1; side <= 1; side += 2) {
        if (gap > 0) {
          row(side, from, gap, REACH);
          row(side, from, -gap, -REACH);
          across(side, from, gap);
          across(side, from, -gap);
        } else {
          row(side, from, -REACH, REACH);
        }
      }
      for (int end = -1; end <= 1; end += 2) {
        for (double x = -45; x < 45; x += 15) {
          house(x, x + 15, end * (REACH + 2), end * (REACH + 14), dice.between(9, 22), false);
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
      street.houses.add(
          new House(lot(xa, xb, ya, yb), low ? height * 0.75 : height, low, dice.bits()));
    }

    private void lawn(double xa, double xb, double ya, double yb) {
      Lot lot = lot(xa, xb, ya, yb);
      street.lawns.add(lot);
      double size = (lot.x1 - lot.x0) * (lot.y1 - lot.y0);
      for (int i = 0; i < size / 45; i++) {
        tree(dice.between(lot.x0 + 1, lot.x1 - 1), dice.between(lot.y0 + 1, lot.y1 - 1), 1.2);
      }
    }

    private static Lot lot(double xa, double xb, double ya, double yb) {
      return new Lot(Math.min(xa, xb), Math.max(xa, xb), Math.min(ya, yb), Math.max(ya, yb));
    }

    private void tree(double x, double y, double scale) {
      street.trees.add(
          new Tree(
              x, y, dice.between(2.4, 3.2) * scale, dice.between(1.5, 2.2) * scale, dice.bits()));
    }

    private void furniture() {
      boolean trees = dice.chance(0.65);
      double spacing = dice.between(11, 17);
      for (int side = -1; side <= 1; side += 2) {
        double x = side * (street.half + 0.75);
        int count = 0;
        for (double y = -70 + dice.between(0, 8); y < 105; y += spacing) {
          count++;
          if (Math.abs(y) < street.crossing + 6) {
            continue;
          }
          if (count % 3 == 0) {
            double arm = Math.min(street.half * 0.7, 2.4);
            street.posts.add(new Post(x, y, 7.2, -side * arm, Post.Kind.LAMP));
          } else if (trees && dice.chance(0.8)) {
            tree(x, y, 1);
          } else if (dice.chance(0.3)) {
            street.posts.add(new Post(x, y, 2.6, 0, Post.Kind.SIGN));
          }
        }
      }
      if (street.crosses()) {
        for (int sx = -1; sx <= 1; sx += 2) {
          for (int sy = -1; sy <= 1; sy += 2) {
            double x = sx * (street.half + 0.6);
            double y = sy * (street.crossing + 0.6);
            street.posts.add(new Post(x, y, 3.4, 0, Post.Kind.SIGNAL));
            street.posts.add(new Post(sx * (street.half + 16), y, 7.2, 0, Post.Kind.LAMP));
          }
        }
      }
    }
  }
}
