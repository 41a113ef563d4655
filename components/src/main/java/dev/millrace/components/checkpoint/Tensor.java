package dev.millrace.components.checkpoint;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Arrays;

/**
 * A named parameter's value: a shape and its elements in row-major order, little-endian, in memory
 * or in a file that is read when they are asked for. Immutable; any thread may read it.
 */
public final class Tensor {

  private final ElementType type;
  private final long[] shape;
  private final Run data;

  /**
   * @param shape lengths of the axes, none negative; empty for a scalar
   * @param data exactly the elements, row-major, little-endian; not copied, not to be changed
   *     afterwards
   * @throws IllegalArgumentException if the bytes are not as many as the shape wants
   */
  public Tensor(ElementType type, long[] shape, ByteBuffer data) {
    this(type, shape, Run.of(data));
  }

  /** As above, of bytes that need not be in memory. */
  Tensor(ElementType type, long[] shape, Run data) {
    this.type = type;
    this.shape = shape.clone();
    this.data = data;
    long wanted = Math.multiplyExact(elements(this.shape), (long) type.bytes());
    if (data.length() != wanted) {
      throw new IllegalArgumentException(
          "a " + this + " has " + wanted + " bytes, found " + data.length() + " in its buffer");
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

  /**
   * The elements, row-major, little-endian, a buffer of its own at position 0: read-only memory, or
   * read from the file at each call.
   *
   * @throws CheckpointException if the file that they lie in cannot be read any more
   */
  public ByteBuffer data() {
    return data.bytes().asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Where the elements are. */
  Run run() {
    return data;
  }

  /**
   * All elements as float32, row-major; integers and float64 are rounded to the nearest.
   *
   * @throws CheckpointException if the file that they lie in cannot be read any more
   */
  public float[] floats() {
    float[] values = new float[Math.toIntExact(elements())];
    copyTo(FloatBuffer.wrap(values));
    return values;
  }

  /**
   * As {@link #floats}, into a buffer that has room for them; what lies in a file goes there piece
   * by piece.
   *
   * @throws CheckpointException if the file that they lie in cannot be read any more
   */
  public void copyTo(FloatBuffer out) {
    try {
      data.pieces(piece -> copy(piece, out));
    } catch (CheckpointException e) {
      throw e.in("a " + this);
    }
  }

  private void copy(ByteBuffer in, FloatBuffer out) {
    switch (type) {
      case FLOAT32 -> out.put(in.asFloatBuffer());
      case FLOAT64 -> fill(in, out, i -> (float) in.getDouble(i * 8));
      case FLOAT16 -> fill(in, out, i -> Half.toFloat(in.getShort(i * 2)));
      case BFLOAT16 -> fill(in, out, i -> Float.intBitsToFloat(in.getShort(i * 2) << 16));
      case INT64, INT32, INT16, INT8, UINT8, BOOL -> fill(in, out, i -> (float) integer(in, i));
    }
  }

  private void fill(ByteBuffer in, FloatBuffer out, At at) {
    for (int i = 0, count = in.remaining() / type.bytes(); i < count; i++) {
      out.put(at.value(i));
    }
  }

  private interface At {
    float value(int index);
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
    ByteBuffer in = data();
    long[] values = new long[Math.toIntExact(elements())];
    for (int i = 0; i < values.length; i++) {
      values[i] = integer(in, i);
    }
    return values;
  }

  private long integer(ByteBuffer in, int i) {
    return switch (type) {
      case INT64 -> in.getLong(i * 8);
      case INT32 -> in.getInt(i * 4);
      case INT16 -> in.getShort(i * 2);
      case INT8 -> in.get(i);
      case UINT8 -> in.get(i) & 0xff;
      case BOOL -> in.get(i) == 0 ? 0 : 1;
      default -> throw new IllegalStateException(type + " is no integer");
    };
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
