package dev.millrace.components.trace;

/** Hoare's quickselect (1961): finds the smallest without sorting the rest. */
final class Selection {

  private Selection() {}

  /**
   * Brings the {@code k} smallest of all different numbers to the front, in no order.
   *
   * @param k 0 to {@code numbers.length}
   */
  static void smallestFirst(long[] numbers, int k) {
    int low = 0;
    int high = numbers.length - 1;
    while (low < high) {
      long pivot = median(numbers[low], numbers[(low + high) >>> 1], numbers[high]);
      int i = low;
      int j = high;
      while (i <= j) {
        while (numbers[i] < pivot) {
          i++;
        }
        while (numbers[j] > pivot) {
          j--;
        }
        if (i <= j) {
          long swapped = numbers[i];
          numbers[i++] = numbers[j];
          numbers[j--] = swapped;
        }
      }
      if (k <= j + 1) {
        high = j;
      } else if (k > i) {
        low = i;
      } else {
        return;
      }
    }
  }

  private static long median(long a, long b, long c) {
    return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
  }
}
