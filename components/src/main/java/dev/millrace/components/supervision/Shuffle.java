package dev.millrace.components.supervision;

import java.util.SplittableRandom;

/** Chooses at random. The same seed chooses the same. */
@FunctionalInterface
public interface Shuffle {

  /** The numbers 0 to {@code n - 1} in some order. */
  int[] permutation(int n);

  /** Every order is as likely. */
  static Shuffle of(SplittableRandom random) {
    return n -> {
      int[] order = new int[n];
      for (int i = 0; i < n; i++) {
        int other = random.nextInt(i + 1);
        order[i] = order[other];
        order[other] = i;
      }
      return order;
    };
  }
}
