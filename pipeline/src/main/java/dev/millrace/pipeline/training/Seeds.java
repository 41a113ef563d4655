package dev.millrace.pipeline.training;

import java.util.SplittableRandom;

/** Dice for each purpose, so that none depends on how often another was thrown. */
record Seeds(long seed) {

  /** The same for the same numbers, and unrelated for others. */
  SplittableRandom at(long purpose, long number) {
    return new SplittableRandom(mix(mix(mix(seed) ^ purpose) ^ number));
  }

  /** The finaliser of SplitMix64 (Steele, Lea, Flood, 2014). */
  private static long mix(long value) {
    long z = value + 0x9e3779b97f4a7c15L;
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }
}
