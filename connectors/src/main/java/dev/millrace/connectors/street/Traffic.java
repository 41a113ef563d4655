package dev.millrace.connectors.street;

import java.util.ArrayList;
import java.util.List;

/** Everybody in a street, at any time. Immutable. */
final class Traffic {
  private final List<Mover> movers;
  private final List<Mover.Tracks> tracks = new ArrayList<>();

  Traffic(List<Mover> movers) {
    this.movers = List.copyOf(movers);
    int all = movers.stream().mapToInt(Mover::places).sum();
    int first = 0;
    for (Mover mover : movers) {
      tracks.add(new Mover.Tracks(first, all));
      first += mover.places();
    }
  }

  /** Who is where after so many seconds. */
  List<Actor> at(double seconds) {
    List<Actor> actors = new ArrayList<>();
    for (int i = 0; i < movers.size(); i++) {
      movers.get(i).at(seconds, tracks.get(i), actors::add);
    }
    return actors;
  }

  /**
   * @param density 1: a usual day; 0: nobody; more is fuller
   */
  static Traffic of(Street street, Viewpoint viewpoint, double density, Dice dice) {
    List<Mover> movers = new ArrayList<>();
    if (street.crosses()) {
      crossing(street, density, dice, movers);
    } else {
      along(street, viewpoint, density, dice, movers);
    }
    return new Traffic(movers);
  }

  private static void along(
      Street street, Viewpoint viewpoint, double density, Dice dice, List<Mover> movers) {
    double from = viewpoint == Viewpoint.ACROSS ? -42 : viewpoint == Viewpoint.DIAGONAL ? -26 : -18;
    double to = viewpoint == Viewpoint.ACROSS ? 42 : viewpoint == Viewpoint.DIAGONAL ? 66 : 76;
    double length = to - from;
    double busy = (viewpoint == Viewpoint.ACROSS ? 0.6 : 0.4) * density;
    for (int side = -1; side <= 1; side += 2) {
      for (int lane = 0; lane < street.lanes(); lane++) {
        int slots = (int) (length / 15.5);
        movers.add(
            new Lane(
                dice.bits(),
                side * street.lane(lane),
                from,
                length,
                dice.between(7, 12),
                slots,
                Math.min(1, busy / Math.sqrt(street.lanes())),
                false));
      }
      if (street.bikes() > 0) {
        movers.add(
            new Lane(
                dice.bits(),
                side * street.bikeLane(),
                from,
                length,
                dice.between(3.8, 5.6),
                (int) (length / 7),
                Math.min(1, 0.2 * density),
                true));
      }
      if (street.parking() > 0) {
        parked(street, side, viewpoint, density, dice, movers);
      }
      walkers(street, side, viewpoint, density, dice, movers);
    }
  }

  private static void parked(
      Street street, int side, Viewpoint viewpoint, double density, Dice dice, List<Mover> movers) {
    double begin = viewpoint == Viewpoint.ACROSS ? -30 : 9;
    double end = viewpoint == Viewpoint.ACROSS ? 30 : 48;
    boolean near = viewpoint == Viewpoint.ACROSS && side < 0;
    for (double y = begin + dice.between(0, 3); y < end; y += 5.6) {
      if (dice.chance(0.14 * density) && !near) {
        double heading = side * Math.PI / 2;
        movers.add(
            new Standing(StreetClass.CAR, dice.bits(), side * street.parkingLane(), y, 0, heading));
      }
    }
  }

  private static void walkers(
      Street street, int side, Viewpoint viewpoint, double density, Dice dice, List<Mover> movers) {
    boolean across = viewpoint == Viewpoint.ACROSS;
    double from = across ? -24 : -8;
    double length = across ? 48 : 60;
    int count = (int) StrictMath.round(dice.between(0.8, 3.6) * density);
    for (int i = 0; i < count; i++) {
      // Each has a lane, so that nobody walks through anybody.
      double lane = (i + 0.5) / count * (street.pavement() - 2.0) + 1.5;
      movers.add(
          new Walker(
              dice.bits(),
              side * (street.half() + lane),
              from,
              length,
              dice.between(1.1, 1.6),
              dice.chance(0.5) ? 1 : -1,
              dice.between(0, length)));
    }
    if (dice.chance(0.5 * density)) {
      double y = across ? dice.between(-10, 10) : dice.between(10, 34);
      movers.add(
          new Standing(
              StreetClass.PERSON,
              dice.bits(),
              side * (street.half() + 0.35),
              y,
              Street.KERB,
              dice.between(0, 2 * Math.PI)));
    }
  }

  private static void crossing(Street street, double density, Dice dice, List<Mover> movers) {
    double chance = Math.min(1, 0.5 * density);
    for (int way = 0; way < 4; way++) {
      double aheadX = way == 0 ? 1 : way == 1 ? -1 : 0;
      double aheadY = way == 2 ? 1 : way == 3 ? -1 : 0;
      double stop = street.stopLine(aheadY != 0);
      movers.add(
          new Approach(
              dice.bits(),
              aheadX,
              aheadY,
              street.lane(0),
              stop,
              dice.between(8, 10),
              3,
              chance,
              false));
      if (street.bikes() > 0) {
        movers.add(
            new Approach(
                dice.bits(),
                aheadX,
                aheadY,
                street.bikeLane(),
                stop - 1,
                dice.between(4.4, 5.4),
                2,
                0.85 * chance,
                true));
      }
    }
    for (int side = -1; side <= 1; side += 2) {
      double wallY = street.half() + street.pavement() - 0.3;
      double wallX = street.crossing() + street.pavement() - 0.3;
      movers.add(
          new Zebra(
              dice.bits(),
              true,
              street.half(),
              wallY,
              side * (street.crossing() + 2.6),
              4,
              0.8 * chance));
      movers.add(
          new Zebra(
              dice.bits(),
              false,
              street.crossing(),
              wallX,
              side * (street.half() + 2.6),
              4,
              0.8 * chance));
    }
  }
}
