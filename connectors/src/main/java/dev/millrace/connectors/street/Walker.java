package dev.millrace.connectors.street;

import java.util.function.Consumer;

/**
 * Somebody who walks along a pavement, and somebody else after them.
 *
 * @param ahead 1: towards greater y, -1: towards smaller
 * @param start metres of the way that are done at the beginning of time
 */
record Walker(
    long seed, double x, double from, double length, double speed, int ahead, double start)
    implements Mover {

  /** Metres of a step. */
  static final double STEP = 0.72;

  @Override
  public int places() {
    return 1;
  }

  @Override
  public void at(double seconds, Tracks tracks, Consumer<Actor> found) {
    double way = start + speed * seconds;
    long round = (long) Math.floor(way / length);
    double on = way - round * length;
    double y = ahead > 0 ? from + on : from + length - on;
    Dice dice = new Dice(seed, round);
    double drift = 0.12 * StrictMath.sin(0.25 * on + dice.between(0, 6));
    found.accept(
        new Actor(
            StreetClass.PERSON,
            dice.bits(),
            tracks.of(0, round),
            x + drift,
            y,
            Street.KERB,
            0,
            ahead,
            Math.PI * way / STEP,
            1,
            Math.min(1, Math.min(on, length - on) / 2),
            false));
  }
}
