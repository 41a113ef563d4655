package dev.millrace.connectors.street;

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
            lanes, bikes, parking, half, pavement, crossing, List.of(), List.of(), List.of(),
            List.of());
    return new StreetBuilder(bare, viewpoint, dice).build();
  }

  /** The same road with other things along it. */
  Street with(List<House> built, List<Tree> planted, List<Post> set, List<Lot> sown) {
    return new Street(
        lanes,
        bikes,
        parking,
        half,
        pavement,
        crossing,
        List.copyOf(built),
        List.copyOf(planted),
        List.copyOf(set),
        List.copyOf(sown));
  }
}
