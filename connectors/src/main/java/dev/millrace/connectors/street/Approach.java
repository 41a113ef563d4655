package dev.millrace.connectors.street;

import java.util.function.Consumer;

/**
 * A lane that leads over a crossing. In each cycle a few come while it is red, stop one behind the
 * other, and go one after the other when it is green.
 *
 * @param aheadX unit vector of where it leads
 * @param aside metres from the crossing's middle to the right of that way
 * @param stop from the middle to where the first one stops
 * @param most that come in a cycle
 * @param chance of each
 */
record Approach(
    long seed,
    double aheadX,
    double aheadY,
    double aside,
    double stop,
    double speed,
    int most,
    double chance,
    boolean bicycles)
    implements Mover {

  private static final double BRAKE = 2.2;
  private static final double START = 1.8;
  private static final double REACH = 80;

  @Override
  public int places() {
    return most;
  }

  @Override
  public void at(double seconds, Tracks tracks, Consumer<Actor> found) {
    double green = Signals.begins(aheadY != 0);
    long now = (long) Math.floor((seconds - green) / Signals.CYCLE);
    for (long cycle = now - 2; cycle <= now + 2; cycle++) {
      queue(seconds - green - cycle * Signals.CYCLE, cycle, tracks, found);
    }
  }

  /**
   * @param since seconds since this cycle's green, or before it where negative
   */
  private void queue(double since, long cycle, Tracks tracks, Consumer<Actor> found) {
    Dice dice = new Dice(seed, cycle);
    double stopped = -dice.between(5.2, 8.5);
    double front = -stop - dice.between(0.2, 0.8);
    boolean large = false;
    int queued = 0;
    for (int i = 0; i < most; i++) {
      if (!dice.chance(chance)) {
        continue;
      }
      StreetClass kind = bicycles ? StreetClass.BICYCLE : Fleet.engine(dice);
      if (large) {
        kind = StreetClass.CAR; // a queue of buses would not fit
      }
      large |= kind == StreetClass.BUS || kind == StreetClass.TRUCK;
      long look = dice.bits();
      double half = Fleet.halfLength(kind, look);
      double go = 0.7 + 1.5 * queued + dice.between(0, 0.3);
      double way = way(since, stopped + 2.4 * queued, go);
      double at = front - half + way;
      if (Math.abs(at) < REACH) {
        boolean braking = since < go && way > -speed * speed / (2 * BRAKE);
        found.accept(actor(kind, look, tracks.of(i, cycle + 3), at, braking));
      }
      front -= 2 * half + 1.7;
      queued++;
    }
  }

  /** Metres from where it stops: comes evenly, brakes, waits, speeds up, goes evenly. */
  private double way(double since, double stopped, double go) {
    double braking = speed / BRAKE;
    if (since < stopped - braking) {
      return -speed * speed / (2 * BRAKE) - speed * (stopped - braking - since);
    }
    if (since < stopped) {
      return -BRAKE * (stopped - since) * (stopped - since) / 2;
    }
    if (since < go) {
      return 0;
    }
    double gone = since - go;
    return gone < speed / START
        ? START * gone * gone / 2
        : speed * speed / (2 * START) + speed * (gone - speed / START);
  }

  private Actor actor(StreetClass kind, long look, int track, double at, boolean braking) {
    return new Actor(
        kind,
        look,
        track,
        aheadX * at + aheadY * aside,
        aheadY * at - aheadX * aside,
        0,
        aheadX,
        aheadY,
        at / 0.9,
        1,
        Math.min(1, (REACH - Math.abs(at)) / 5),
        braking);
  }
}
