package dev.millrace.components.engine;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * What crosses from one part of a plan to the next: plain memory, native byte order.
 *
 * @param data position 0 to limit; direct memory is not copied by ONNX Runtime
 */
record HostArray(DataType type, Shape shape, ByteBuffer data) {

  static HostArray zeros(DataType type, Shape shape) {
    int bytes = Math.toIntExact(shape.size() * type.getNumOfBytes());
    return new HostArray(
        type, shape, ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder()));
  }

  static HostArray floats(float[] values, Shape shape) {
    HostArray array = zeros(DataType.FLOAT32, shape);
    array.data.asFloatBuffer().put(values);
    return array;
  }

  float[] floats() {
    float[] values = new float[data.remaining() / 4];
    data.duplicate().order(ByteOrder.nativeOrder()).asFloatBuffer().get(values);
    return values;
  }

  long[] longs() {
    long[] values = new long[data.remaining() / 8];
    data.duplicate().order(ByteOrder.nativeOrder()).asLongBuffer().get(values);
    return values;
  }
}
