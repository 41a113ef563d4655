package dev.millrace.connectors.street;

import java.util.function.Consumer;

/**
 * A lane along the street on which all go equally fast, each in a slot of its own. Who reaches the
 * end is replaced by somebody new at the beginning.
 *
 * @param seed of this lane
 * @param x where it is; traffic with a positive x goes ahead, the other comes
 * @param from where it begins, y in metres
 * @param length metres
 * @param slots how many fit
 * @param taken share of slots that are
 * @param bicycles whether it is for those, or for everything that has an engine
 */
record Lane(
    long seed,
    double x,
    double from,
    double length,
    double speed,
    int slots,
    double taken,
    boolean bicycles)
    implements Mover {

  /** Comes into being, and goes, within some metres of the ends. */
  private double presence(double on) {
    return Math.min(1, Math.min(on, length - on) / 5);
  }

  @Override
  public int places() {
    return slots;
  }

  @Override
  public void at(double seconds, Tracks tracks, Consumer<Actor> found) {
    double slot = length / slots;
    int ahead = x > 0 ? 1 : -1;
    for (int i = 0; i < slots; i++) {
      double way = speed * seconds + slot * i;
      long round = (long) Math.floor(way / length);
      Dice dice = new Dice(seed, i, round);
      if (!dice.chance(taken)) {
        continue;
      }
      StreetClass kind = bicycles ? StreetClass.BICYCLE : Fleet.engine(dice);
      long look = dice.bits();
      double slack = slot / 2 - Fleet.halfLength(kind, look) - 0.9;
      double on = way - round * length + slack * dice.between(-1, 1);
      double y = ahead > 0 ? from + on : from + length - on;
      double aside = bicycles ? dice.between(-0.2, 0.2) : dice.between(-0.12, 0.12);
      double turn = way / 0.9;
      found.accept(
          new Actor(
              kind,
              look,
              tracks.of(i, round),
              x + aside,
              y,
              0,
              0,
              ahead,
              turn,
              1,
              presence(on),
              false));
    }
  }
}
