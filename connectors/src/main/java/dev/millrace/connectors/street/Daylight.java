package dev.millrace.connectors.street;

/** Time of day. From dusk on lamps and headlights are on. */
public enum Daylight {
  DAY,
  DUSK,
  NIGHT
}
