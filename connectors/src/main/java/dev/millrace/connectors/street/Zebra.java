package dev.millrace.connectors.street;

import java.util.function.Consumer;

/**
 * People who cross a road at a crossing: from a house to the kerb, where they wait for the road's
 * red, over it, and to a house on the other side.
 *
 * @param alongX whether they cross the road along y, walking along x; else the other
 * @param kerb from the road's middle to where they wait
 * @param wall from the road's middle to the houses
 * @param at where the stripes are along the road
 * @param most that cross in a cycle
 */
record Zebra(
    long seed, boolean alongX, double kerb, double wall, double at, int most, double chance)
    implements Mover {

  @Override
  public int places() {
    return most;
  }

  @Override
  public void at(double seconds, Tracks tracks, Consumer<Actor> found) {
    // Who crosses the road along y goes while the other road has green.
    double green = Signals.begins(!alongX);
    long now = (long) Math.floor((seconds - green) / Signals.CYCLE);
    for (long cycle = now - 2; cycle <= now + 2; cycle++) {
      double since = seconds - green - cycle * Signals.CYCLE;
      for (int i = 0; i < most; i++) {
        Dice dice = new Dice(seed, cycle, i);
        if (dice.chance(chance)) {
          walk(dice, i, since, tracks.of(i, cycle + 3), found);
        }
      }
    }
  }

  private void walk(Dice dice, int place, double since, int track, Consumer<Actor> found) {
    long look = dice.bits();
    double speed = dice.between(1.25, 1.6);
    int side = place % 2 == 0 ? 1 : -1;
    double lane = at + (place - (most - 1) / 2.0) * 0.75;
    double away = Math.signum(at);
    double[] out = {side * wall, lane + away * dice.between(4, 14)};
    double[] wait = {side * (kerb + 0.7), lane};
    double[] over = {-side * (kerb + 0.7), lane};
    double[] in = {-side * wall, lane + away * dice.between(4, 14)};
    double go = dice.between(0.4, 1.6);
    double came = go - dice.between(0, 5);
    double first = distance(out, wait);
    double second = distance(wait, over);
    double third = distance(over, in);
    if (since < came) {
      double left = (came - since) * speed;
      if (left < first) {
        person(look, track, out, wait, 1 - left / first, first - left, 1, found);
      }
    } else if (since < go) {
      person(look, track, wait, over, 0, 0, 0, found);
    } else {
      double gone = (since - go) * speed;
      if (gone < second) {
        person(look, track, wait, over, gone / second, gone, 1, found);
      } else if (gone - second < third) {
        person(look, track, over, in, (gone - second) / third, gone, 1, found);
      }
    }
  }

  private void person(
      long look,
      int track,
      double[] from,
      double[] to,
      double share,
      double steps,
      double vigour,
      Consumer<Actor> found) {
    double length = distance(from, to);
    double aheadAcross = (to[0] - from[0]) / length;
    double aheadAlong = (to[1] - from[1]) / length;
    double across = from[0] + (to[0] - from[0]) * share;
    double along = from[1] + (to[1] - from[1]) * share;
    found.accept(
        new Actor(
            StreetClass.PERSON,
            look,
            track,
            alongX ? across : along,
            alongX ? along : across,
            Math.abs(across) < kerb ? 0 : Street.KERB,
            alongX ? aheadAcross : aheadAlong,
            alongX ? aheadAlong : aheadAcross,
            Math.PI * steps / Walker.STEP,
            vigour,
            1,
            false));
  }

  private static double distance(double[] a, double[] b) {
    return Math.sqrt((a[0] - b[0]) * (a[0] - b[0]) + (a[1] - b[1]) * (a[1] - b[1]));
  }
}
