package dev.millrace.components.modeling;

/**
 * An {@code NDArray}'s numbers as Java values.
 *
 * @param shape outermost axis first
 * @param numbers row by row
 */
@SuppressWarnings("ArrayRecordComponent") // lives for one batch
public record DenseArray(long[] shape, float[] numbers) {

  /** How many numbers there are for each index of the first {@code axes}. */
  public int each(int axes) {
    int size = 1;
    for (int i = axes; i < shape.length; i++) {
      size *= Math.toIntExact(shape[i]);
    }
    return size;
  }
}
