package dev.millrace.connectors.street;

/**
 * Streets that do not overlap: two bits of a scene's seed say which split it is of, so no scene of
 * one is in another, whatever numbers are asked for.
 */
public enum StreetSplit {
  TRAIN,
  VALIDATION,
  TEST,
  /** What {@code street://} addresses show: no model was trained on it. */
  LIVE;

  /** The seed of this split's scene of a number, which may be any. */
  public long seed(long number) {
    return Dice.mix(number) << 2 | ordinal();
  }
}
