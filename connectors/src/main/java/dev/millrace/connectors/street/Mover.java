package dev.millrace.connectors.street;

import java.util.function.Consumer;

/** Things that come and go in one place; where they are is a function of time alone. */
interface Mover {

  /** How many of them can be there in one round, each with a number of its own. */
  int places();

  /**
   * Who is there.
   *
   * @param seconds not negative
   * @param tracks makes track numbers of places and rounds
   */
  void at(double seconds, Tracks tracks, Consumer<Actor> found);

  /**
   * Track numbers of one mover.
   *
   * @param first number of its first place
   * @param all places of all movers
   */
  record Tracks(int first, int all) {
    int of(int place, long round) {
      return (int) ((1 + first + place + round * all) & Integer.MAX_VALUE);
    }
  }
}
