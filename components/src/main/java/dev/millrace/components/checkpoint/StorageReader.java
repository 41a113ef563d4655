package dev.millrace.components.checkpoint;

import dev.millrace.components.checkpoint.Pickled.Quantiser;
import dev.millrace.components.checkpoint.Pickled.Storage;
import dev.millrace.components.checkpoint.Pickled.View;
import java.nio.ByteBuffer;

/** Turns views of a file's storages into tensors: checked, made contiguous, dequantised. */
final class StorageReader {

  private static final int MOST_AXES = 16;

  private final Storages storages;

  StorageReader(Storages storages) {
    this.storages = storages;
  }

  /** Row-major; float32 if the view is quantised. */
  Tensor read(View view) {
    try {
      Tensor plain = contiguous(view);
      return view.quantiser() == null ? plain : dequantise(plain, view.quantiser());
    } catch (ArithmeticException e) {
      throw new CheckpointException(
          "a tensor of shape "
              + view.shape()
              + " and strides "
              + view.strides()
              + " has more elements than can be counted",
          e);
    }
  }

  private Tensor contiguous(View view) {
    long[] shape = view.shape().stream().mapToLong(Long::longValue).toArray();
    long[] strides = view.strides().stream().mapToLong(Long::longValue).toArray();
    Storage storage = view.storage();
    int width = storage.type().element().bytes();
    Run run = storages.bytes(storage);
    int elements = checked(view, shape, strides);
    int bytes = Math.multiplyExact(elements, width);
    if (isRowMajor(shape, strides)) {
      storages.budget().reserve(bytes);
      long start = view.offset() * width;
      return new Tensor(storage.type().element(), shape, run.part(start, bytes));
    }
    storages.budget().reserve(run.length());
    ByteBuffer from = run.bytes();
    ByteBuffer to = storages.budget().allocate(bytes);
    long[] index = new long[shape.length];
    long source = view.offset();
    for (int target = 0; target < elements; target++) {
      to.put(target * width, from, Math.toIntExact(source * width), width);
      for (int axis = shape.length - 1; axis >= 0; axis--) {
        source += strides[axis];
        if (++index[axis] < shape[axis]) {
          break;
        }
        source -= strides[axis] * shape[axis];
        index[axis] = 0;
      }
    }
    return new Tensor(storage.type().element(), shape, Run.of(to));
  }

  /** The number of elements, after checking that every one of them lies inside the storage. */
  private static int checked(View view, long[] shape, long[] strides) {
    long held = view.storage().elements();
    if (shape.length != strides.length || shape.length > MOST_AXES) {
      throw new CheckpointException(
          "a tensor with " + shape.length + " axes and " + strides.length + " strides");
    }
    for (int axis = 0; axis < shape.length; axis++) {
      if (shape[axis] < 0 || strides[axis] < 0) {
        throw new CheckpointException(
            "a tensor of shape " + view.shape() + " and strides " + view.strides());
      }
    }
    long elements = Tensor.elements(shape);
    long last = view.offset();
    for (int axis = 0; elements > 0 && axis < shape.length; axis++) {
      last = Math.addExact(last, Math.multiplyExact(shape[axis] - 1, strides[axis]));
    }
    if (view.offset() < 0 || elements > held || (elements > 0 ? last >= held : last > held)) {
      throw new CheckpointException(
          "a tensor of shape "
              + view.shape()
              + ", strides "
              + view.strides()
              + " and offset "
              + view.offset()
              + " does not fit its storage "
              + view.storage().key()
              + " of "
              + held
              + " elements");
    }
    return Math.toIntExact(elements);
  }

  private static boolean isRowMajor(long[] shape, long[] strides) {
    long expected = 1;
    for (int axis = shape.length - 1; axis >= 0; axis--) {
      if (shape[axis] != 1 && strides[axis] != expected) {
        return false;
      }
      expected *= Math.max(1, shape[axis]);
    }
    return true;
  }

  private Tensor dequantise(Tensor stored, Quantiser quantiser) {
    long[] shape = stored.shape();
    long elements = stored.elements();
    long[] integers = stored.longs();
    ByteBuffer out = storages.budget().allocate(Math.multiplyExact(4, elements));
    if (quantiser instanceof Quantiser.PerTensor one) {
      for (int i = 0; i < elements; i++) {
        out.putFloat((float) (finite(one.scale()) * (integers[i] - one.zeroPoint())));
      }
    } else if (quantiser instanceof Quantiser.PerChannel each) {
      if (each.axis() >= shape.length) {
        throw new CheckpointException("quantised along axis " + each.axis() + " of " + stored);
      }
      int channels = Math.toIntExact(shape[each.axis()]);
      double[] scales = doubles(contiguous(each.scales()), channels);
      double[] zeroPoints = doubles(contiguous(each.zeroPoints()), channels);
      int inner = 1;
      for (int axis = each.axis() + 1; axis < shape.length; axis++) {
        inner *= (int) shape[axis];
      }
      for (int i = 0; i < elements; i++) {
        int channel = i / inner % channels;
        out.putFloat((float) (finite(scales[channel]) * (integers[i] - zeroPoints[channel])));
      }
    }
    return new Tensor(ElementType.FLOAT32, shape, Run.of(out.flip()));
  }

  private static double[] doubles(Tensor tensor, int channels) {
    if (tensor.elements() != channels) {
      throw new CheckpointException(
          "a quantiser with " + tensor + " for " + channels + " channels");
    }
    double[] values = new double[channels];
    if (tensor.type() == ElementType.FLOAT64) {
      tensor.data().asDoubleBuffer().get(values);
    } else {
      float[] floats = tensor.floats();
      for (int i = 0; i < channels; i++) {
        values[i] = floats[i];
      }
    }
    return values;
  }

  private static double finite(double scale) {
    if (!Double.isFinite(scale)) {
      throw new CheckpointException("a quantiser with the scale " + scale);
    }
    return scale;
  }
}
