package dev.millrace.components.trace;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import java.util.function.LongUnaryOperator;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class SelectionTest {

  private static final int MANY = 1_000_000;

  private static void selects(long[] numbers, int k) {
    long[] sorted = numbers.clone();
    Arrays.sort(sorted);
    long[] found = numbers.clone();
    Selection.smallestFirst(found, k);
    long[] front = Arrays.copyOf(found, k);
    Arrays.sort(front);
    assertThat(front)
        .as("the %d smallest of %s", k, numbers.length < 50 ? Arrays.toString(numbers) : "many")
        .isEqualTo(Arrays.copyOf(sorted, k));
    Arrays.sort(found);
    assertThat(found).as("nothing lost").isEqualTo(sorted);
  }

  private static long[] made(int count, LongUnaryOperator at) {
    return LongStream.range(0, count).map(at).toArray();
  }

  @Test
  void everyNumberOfEveryOrderOfSix() {
    permutations(new long[] {Long.MIN_VALUE, -7, 0, 1, 2, Long.MAX_VALUE}, 0);
  }

  private static void permutations(long[] numbers, int from) {
    if (from == numbers.length) {
      for (int k = 0; k <= numbers.length; k++) {
        selects(numbers, k);
      }
      return;
    }
    for (int i = from; i < numbers.length; i++) {
      swap(numbers, from, i);
      permutations(numbers, from + 1);
      swap(numbers, from, i);
    }
  }

  private static void swap(long[] numbers, int i, int j) {
    long kept = numbers[i];
    numbers[i] = numbers[j];
    numbers[j] = kept;
  }

  @Test
  void nothingAndOne() {
    selects(new long[0], 0);
    selects(new long[] {5}, 0);
    selects(new long[] {5}, 1);
  }

  @Test
  void randomArrays() {
    for (int seed = 0; seed < 3000; seed++) {
      Random random = new Random(seed);
      int count = 1 + random.nextInt(200);
      long[] numbers = new Random(seed).longs().distinct().limit(count).toArray();
      selects(numbers, random.nextInt(count + 1));
    }
  }

  /** A pivot at the end of its range at each turn would take minutes. */
  @Test
  @Timeout(30)
  void ordersThatSpoilAPivot() {
    for (int k : new int[] {0, 1, 1000, MANY / 2, MANY - 1, MANY}) {
      selects(made(MANY, i -> i), k);
      selects(made(MANY, i -> -i), k);
      selects(made(MANY, i -> i < MANY / 2 ? 2 * i : 2 * (MANY - i) - 1), k);
      selects(made(MANY, i -> i % 2 == 0 ? i : -i), k);
      selects(made(MANY, i -> (i % 1000 << 32) | i), k);
    }
  }

  /** As scores that hardly differ: the high half the same, the low half the index. */
  @Test
  @Timeout(30)
  void numbersThatAreAllClose() {
    Random random = new Random(4);
    for (int k : new int[] {1, 1000, MANY / 2}) {
      selects(made(MANY, i -> (random.nextInt(3) + 0x3f000000L << 32) | i), k);
    }
  }
}
