package dev.millrace.components.checkpoint;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Arrays;

/**
 * A named parameter's value: a shape and its elements in row-major order, little-endian. Any
 * memory, such as the heap's or a file's that is mapped; immutable, so any thread may read it.
 */
public final class Tensor {

  private final ElementType type;
  private final long[] shape;
  private final ByteBuffer data;

  /**
   * @param shape lengths of the axes, none negative; empty for a scalar
   * @param data exactly the elements, row-major, little-endian; not copied, not to be changed
   *     afterwards
   * @throws IllegalArgumentException if the bytes are not as many as the shape wants
   */
  public Tensor(ElementType type, long[] shape, ByteBuffer data) {
    this.type = type;
    this.shape = shape.clone();
    this.data = data.slice().asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
    long wanted = Math.multiplyExact(elements(this.shape), (long) type.bytes());
    if (this.data.remaining() != wanted) {
      throw new IllegalArgumentException(
          "a "
              + this
              + " has "
              + wanted
              + " bytes, found "
              + this.data.remaining()
              + " in its buffer");
    }
  }

  /** A float32 tensor of these values, which are copied. */
  public static Tensor of(float[] values, long... shape) {
    ByteBuffer data = ByteBuffer.allocate(values.length * 4).order(ByteOrder.LITTLE_ENDIAN);
    data.asFloatBuffer().put(values);
    return new Tensor(ElementType.FLOAT32, shape, data);
  }

  /** What the elements are. */
  public ElementType type() {
    return type;
  }

  /** The lengths of the axes; a copy. */
  public long[] shape() {
    return shape.clone();
  }

  /** The number of elements; 1 for a scalar. */
  public long elements() {
    return elements(shape);
  }

  /** The elements, row-major, little-endian, read-only; a view of its own at position 0. */
  public ByteBuffer data() {
    return data.duplicate().order(ByteOrder.LITTLE_ENDIAN);
  }

  /**
   * All elements as float32, row-major; integers and float64 are rounded to the nearest.
   *
   * @throws CheckpointException if the file that they lie in was cut short
   */
  public float[] floats() {
    float[] values = new float[Math.toIntExact(elements())];
    copyTo(FloatBuffer.wrap(values));
    return values;
  }

  /**
   * As {@link #floats}, into a buffer that has room for them; only the buffer's memory is used.
   *
   * @throws CheckpointException if the file that they lie in was cut short
   */
  public void copyTo(FloatBuffer out) {
    ByteBuffer in = data();
    try {
      switch (type) {
        case FLOAT32 -> out.put(in.asFloatBuffer());
        case FLOAT64 -> fill(out, i -> (float) in.getDouble(i * 8));
        case FLOAT16 -> fill(out, i -> Half.toFloat(in.getShort(i * 2)));
        case BFLOAT16 -> fill(out, i -> Float.intBitsToFloat(in.getShort(i * 2) << 16));
        case INT64, INT32, INT16, INT8, UINT8, BOOL -> fill(out, i -> (float) integer(i));
      }
      FileBytes.settle();
    } catch (InternalError e) {
      throw new CheckpointException("a file was cut short while its " + this + " was read", e);
    }
  }

  /**
   * All elements as integers, row-major.
   *
   * @throws IllegalStateException if the elements are floating point
   */
  public long[] longs() {
    if (type.floating()) {
      throw new IllegalStateException("a " + this + " does not hold integers");
    }
    long[] values = new long[Math.toIntExact(elements())];
    for (int i = 0; i < values.length; i++) {
      values[i] = integer(i);
    }
    return values;
  }

  /** The element of this index in row-major order; of integers only. */
  long integer(int i) {
    return switch (type) {
      case INT64 -> data.getLong(i * 8);
      case INT32 -> data.getInt(i * 4);
      case INT16 -> data.getShort(i * 2);
      case INT8 -> data.get(i);
      case UINT8 -> data.get(i) & 0xff;
      case BOOL -> data.get(i) == 0 ? 0 : 1;
      default -> throw new IllegalStateException(type + " is no integer");
    };
  }

  private interface At {
    float value(int index);
  }

  private void fill(FloatBuffer out, At at) {
    for (int i = 0, count = Math.toIntExact(elements()); i < count; i++) {
      out.put(at.value(i));
    }
  }

  /**
   * The product of the lengths; 1 for none.
   *
   * @throws ArithmeticException if it does not fit a long
   */
  static long elements(long[] shape) {
    long product = 1;
    for (long length : shape) {
      if (length < 0) {
        throw new ArithmeticException("a negative length: " + length);
      }
      product = Math.multiplyExact(product, length);
    }
    return product;
  }

  /** Type and shape, such as {@code FLOAT32 [16, 3, 3, 3]}. */
  @Override
  public String toString() {
    return type + " " + Arrays.toString(shape);
  }
}
