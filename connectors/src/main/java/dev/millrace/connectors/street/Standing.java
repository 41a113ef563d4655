package dev.millrace.connectors.street;

import java.util.function.Consumer;

/** What stays where it is: parked cars, people who wait. */
record Standing(StreetClass kind, long look, double x, double y, double z, double heading)
    implements Mover {

  @Override
  public int places() {
    return 1;
  }

  @Override
  public void at(double seconds, Tracks tracks, Consumer<Actor> found) {
    double sway = kind == StreetClass.PERSON ? 0.35 * StrictMath.sin(0.4 * seconds + look % 7) : 0;
    found.accept(
        new Actor(
            kind,
            look,
            tracks.of(0, 0),
            x,
            y,
            z,
            StrictMath.cos(heading + sway),
            StrictMath.sin(heading + sway),
            0,
            0,
            1,
            false));
  }
}
