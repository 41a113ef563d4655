package dev.millrace.components.trace;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
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
   * DJL's own {@code createCoo} closes the arrays of places and values at once, and the matrix goes
   * on reading their memory; here they live as long as the manager of {@code dense}.
   *
   * @param dense (columns, D), of the PyTorch engine
   * @return (rows, D); gradients flow into {@code dense}
   */
  NDArray times(NDArray dense) {
    NDManager manager = dense.getManager();
    long[] places = Arrays.copyOf(rows, 2 * count);
    System.arraycopy(columns, 0, places, count, count);
    NDArray matrix =
        JniUtils.createSparseCoo(
            (PtNDArray) manager.create(places, new Shape(2, count)),
            (PtNDArray) manager.create(Arrays.copyOf(values, count)),
            new Shape(row, dense.getShape().get(0)));
    return matrix.matMul(dense);
  }
}
