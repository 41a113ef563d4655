package dev.millrace.connectors.street;

/** The lights of a crossing: the road along y first, then the other. */
final class Signals {
  /** Seconds from green to green. */
  static final double CYCLE = 26;

  static final double GREEN = 10;
  private static final double AMBER = 1.6;

  private Signals() {}

  /** When in a cycle a road's green begins. */
  static double begins(boolean alongY) {
    return alongY ? 0 : CYCLE / 2;
  }

  /** 0: green, 1: amber, 2: red. */
  static int aspect(boolean alongY, double seconds) {
    double since = seconds - begins(alongY);
    since -= CYCLE * Math.floor(since / CYCLE);
    return since < GREEN ? 0 : since < GREEN + AMBER ? 1 : 2;
  }
}
