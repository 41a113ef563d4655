package dev.millrace.components.checkpoint;

import java.nio.ByteBuffer;
import java.util.stream.IntStream;

/** Parts of tensors in another order. */
final class Slices {

  private Slices() {}

  /**
   * A copy with these places along an axis, in this order.
   *
   * @param places each below the axis's length; they may repeat
   */
  static Tensor take(Tensor from, int axis, int[] places) {
    long[] shape = from.shape();
    int inner = from.type().bytes();
    for (int i = axis + 1; i < shape.length; i++) {
      inner *= (int) shape[i];
    }
    int length = (int) shape[axis];
    shape[axis] = places.length;
    int bytes = Math.toIntExact(Tensor.elements(shape) * from.type().bytes());
    ByteBuffer in = from.data();
    ByteBuffer out = Budget.memory(bytes);
    for (int outer = 0; out.hasRemaining(); outer++) {
      for (int place : places) {
        out.put(in.slice((outer * length + place) * inner, inner));
      }
    }
    return new Tensor(from.type(), shape, Run.of(out.flip()));
  }

  /** Without the first rows. */
  static Tensor withoutFirst(Tensor from, int count) {
    int rows = rows(from);
    return rows <= count ? from : take(from, 0, IntStream.range(count, rows).toArray());
  }

  /** The first row behind the others. */
  static Tensor firstToLast(Tensor from) {
    int rows = rows(from);
    return rows < 2
        ? from
        : take(from, 0, IntStream.rangeClosed(1, rows).map(i -> i % rows).toArray());
  }

  /** The three channels of a convolution's input the other way round. */
  static Tensor channelsReversed(Tensor weight) {
    long[] shape = weight.shape();
    return shape.length == 4 && shape[1] == 3 ? take(weight, 1, new int[] {2, 1, 0}) : weight;
  }

  /** The length of the first axis; 0 for a scalar or nothing. */
  static int rows(Tensor tensor) {
    return tensor.shape().length == 0 || tensor.elements() == 0 ? 0 : (int) tensor.shape()[0];
  }
}
