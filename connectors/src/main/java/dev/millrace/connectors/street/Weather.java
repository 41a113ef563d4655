package dev.millrace.connectors.street;

/** What the sky does. */
public enum Weather {
  CLEAR,
  OVERCAST,
  RAIN,
  FOG
}
