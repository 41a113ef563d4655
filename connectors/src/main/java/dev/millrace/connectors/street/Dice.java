package dev.millrace.connectors.street;

import java.util.List;

/**
 * Numbers that look random and depend on nothing but the keys and how many were drawn before.
 * SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, 2014). For one
 * thread.
 */
final class Dice {
  private static final long GOLDEN = 0x9e3779b97f4a7c15L;

  private long state;

  Dice(long... keys) {
    for (long key : keys) {
      state = mix(state ^ key) + GOLDEN;
    }
  }

  /** A bijection of 64 bits in which every bit depends on every other. */
  static long mix(long bits) {
    long z = bits + GOLDEN;
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }

  long bits() {
    state += GOLDEN;
    return mix(state);
  }

  /** From 0, and below 1. */
  double unit() {
    return (bits() >>> 11) * 0x1p-53;
  }

  double between(double least, double most) {
    return least + (most - least) * unit();
  }

  /** From 0, and below the bound. */
  int below(int bound) {
    return (int) (unit() * bound);
  }

  boolean chance(double probability) {
    return unit() < probability;
  }

  <T> T pick(List<T> items) {
    return items.get(below(items.size()));
  }

  /** An index, the likelier the larger its weight. */
  int weighted(double... weights) {
    double rest = 0;
    for (double weight : weights) {
      rest += weight;
    }
    rest *= unit();
    for (int i = 0; i < weights.length; i++) {
      rest -= weights[i];
      if (rest < 0) {
        return i;
      }
    }
    return weights.length - 1;
  }
}
