package dev.millrace.connectors.street;

import java.util.Arrays;

/**
 * Which cells of a grid a convex polygon covers: those whose middle is inside, row by row.
 * Neighbours that share an edge share no cell. For one thread.
 */
final class Spans {
  private final int columns;
  private final int rows;
  private final double[] least;
  private final double[] most;

  /** The first row, and the first after the last. */
  int top;

  int bottom;

  Spans(int columns, int rows) {
    this.columns = columns;
    this.rows = rows;
    this.least = new double[rows];
    this.most = new double[rows];
  }

  /**
   * @param u columns of its corners, in order around it
   * @param v rows
   * @return whether any row is touched
   */
  boolean cover(double[] u, double[] v, int corners) {
    double highest = v[0];
    double lowest = v[0];
    for (int i = 1; i < corners; i++) {
      highest = Math.min(highest, v[i]);
      lowest = Math.max(lowest, v[i]);
    }
    top = (int) Math.max(0, Math.ceil(Math.min(highest, rows) - 0.5));
    bottom = (int) Math.min(rows, Math.ceil(Math.max(lowest, 0) - 0.5));
    if (top >= bottom) {
      return false;
    }
    Arrays.fill(least, top, bottom, Double.POSITIVE_INFINITY);
    Arrays.fill(most, top, bottom, Double.NEGATIVE_INFINITY);
    for (int i = 0, j = corners - 1; i < corners; j = i++) {
      if (v[i] < v[j]) {
        edge(u[i], v[i], u[j], v[j]);
      } else {
        edge(u[j], v[j], u[i], v[i]);
      }
    }
    return true;
  }

  private void edge(double u0, double v0, double u1, double v1) {
    int from = (int) Math.max(top, Math.ceil(v0 - 0.5));
    int to = (int) Math.min(bottom, Math.ceil(v1 - 0.5));
    if (from >= to) {
      return;
    }
    double slope = (u1 - u0) / (v1 - v0);
    for (int row = from; row < to; row++) {
      double at = u0 + (row + 0.5 - v0) * slope;
      least[row] = Math.min(least[row], at);
      most[row] = Math.max(most[row], at);
    }
  }

  /** The row's first column. */
  int first(int row) {
    return (int) Math.max(0, Math.ceil(Math.min(least[row], columns) - 0.5));
  }

  /** The row's first column after its last. */
  int end(int row) {
    return (int) Math.min(columns, Math.ceil(Math.max(most[row], 0) - 0.5));
  }
}
