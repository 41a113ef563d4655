package dev.millrace.components.trace;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** What shape and type an operation answers with. */
final class Shapes {

  static final List<DataType> WIDENING =
      List.of(
          DataType.BOOLEAN,
          DataType.UINT8,
          DataType.INT8,
          DataType.INT32,
          DataType.INT64,
          DataType.FLOAT16,
          DataType.FLOAT32,
          DataType.FLOAT64);

  /** ONNX's numbers of the types. */
  static final Map<DataType, Integer> ONNX =
      Map.of(
          DataType.FLOAT32, 1,
          DataType.UINT8, 2,
          DataType.INT8, 3,
          DataType.INT32, 6,
          DataType.INT64, 7,
          DataType.BOOLEAN, 9,
          DataType.FLOAT16, 10,
          DataType.FLOAT64, 11);

  private Shapes() {}

  static DataType wider(DataType a, DataType b) {
    return WIDENING.indexOf(a) >= WIDENING.indexOf(b) ? a : b;
  }

  static Shape broadcast(Shape a, Shape b) {
    int rank = Math.max(a.dimension(), b.dimension());
    long[] dims = new long[rank];
    for (int i = 0; i < rank; i++) {
      long x = i < rank - a.dimension() ? 1 : a.get(i - rank + a.dimension());
      long y = i < rank - b.dimension() ? 1 : b.get(i - rank + b.dimension());
      if (x != y && x != 1 && y != 1) {
        throw new IllegalArgumentException("shapes " + a + " and " + b + " do not broadcast");
      }
      dims[i] = x == 1 ? y : x;
    }
    return new Shape(dims);
  }

  static int axis(int axis, int rank) {
    int positive = axis < 0 ? axis + rank : axis;
    if (positive < 0 || positive >= rank) {
      throw new IllegalArgumentException("axis " + axis + " of an array of rank " + rank);
    }
    return positive;
  }

  static Shape with(Shape shape, int axis, long size) {
    long[] dims = shape.getShape().clone();
    dims[axis] = size;
    return new Shape(dims);
  }

  static Shape insert(Shape shape, int axis) {
    List<Long> dims = boxed(shape);
    dims.add(axis, 1L);
    return of(dims);
  }

  static Shape remove(Shape shape, int... axes) {
    List<Long> dims = boxed(shape);
    int[] sorted = axes.clone();
    Arrays.sort(sorted);
    for (int i = sorted.length - 1; i >= 0; i--) {
      dims.remove(sorted[i]);
    }
    return of(dims);
  }

  static Shape reduce(Shape shape, int[] axes, boolean keep) {
    if (!keep) {
      return remove(shape, axes);
    }
    Shape result = shape;
    for (int axis : axes) {
      result = with(result, axis, 1);
    }
    return result;
  }

  /** Resolves one -1. */
  static Shape reshape(Shape from, Shape to) {
    long known = 1;
    int open = -1;
    for (int i = 0; i < to.dimension(); i++) {
      if (to.get(i) < 0) {
        open = i;
      } else {
        known *= to.get(i);
      }
    }
    Shape result = open < 0 ? to : with(to, open, known == 0 ? 0 : from.size() / known);
    if (result.size() != from.size()) {
      throw new IllegalArgumentException("cannot reshape " + from + " to " + to);
    }
    return result;
  }

  /** Convolution's and pooling's output size along one axis. */
  static long window(long in, long kernel, long stride, long pad, long dilation, boolean ceil) {
    long span = in + 2 * pad - dilation * (kernel - 1) - 1;
    long out = (ceil ? Math.floorDiv(span + stride - 1, stride) : Math.floorDiv(span, stride)) + 1;
    // A window that would start beyond the padded input is dropped, as PyTorch and ONNX both do.
    return ceil && (out - 1) * stride >= in + pad ? out - 1 : out;
  }

  static List<Long> boxed(Shape shape) {
    List<Long> dims = new ArrayList<>();
    for (long d : shape.getShape()) {
      dims.add(d);
    }
    return dims;
  }

  static Shape of(List<Long> dims) {
    return new Shape(dims);
  }

  static List<Long> longs(long... values) {
    return Arrays.stream(values).boxed().toList();
  }
}
