package dev.millrace.components.trace;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import java.nio.FloatBuffer;
import java.util.Arrays;

/** A sparse matrix that is written row by row. */
final class SparseRows {

  private long[] rows = new long[1024];
  private long[] columns = new long[1024];
  private float[] values = new float[1024];
  private int count;
  private long row;

  /** Adds an entry to the row that is being written. */
  void add(long column, float value) {
    if (count == values.length) {
      rows = Arrays.copyOf(rows, 2 * count);
      columns = Arrays.copyOf(columns, 2 * count);
      values = Arrays.copyOf(values, 2 * count);
    }
    rows[count] = row;
    columns[count] = column;
    values[count++] = value;
  }

  /** Ends a row, which may be empty. */
  void end() {
    row++;
  }

  /**
   * @param dense (columns, D)
   * @return (rows, D); gradients flow into {@code dense}
   */
  NDArray times(NDArray dense) {
    long[][] places = {Arrays.copyOf(rows, count), Arrays.copyOf(columns, count)};
    return dense
        .getManager()
        .createCoo(
            FloatBuffer.wrap(values, 0, count), places, new Shape(row, dense.getShape().get(0)))
        .matMul(dense);
  }
}
