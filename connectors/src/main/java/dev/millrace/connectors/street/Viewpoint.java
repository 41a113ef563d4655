package dev.millrace.connectors.street;

/** Where the camera is. */
public enum Viewpoint {
  /** High on a pole beside the road, looking along it. */
  ROADSIDE,
  /** High at a corner of two streets with lights, looking down on them. */
  CROSSING,
  /** As low as from a parked car, looking along the road. */
  DASHBOARD,
  /** At the height of a shop sign, looking across the road at an angle. */
  DIAGONAL,
  /** At the height of a first floor, looking straight across the road. */
  ACROSS
}
