package dev.millrace.components.trace;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.internal.NDArrayEx;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * An array of known shape and type, without data: each operation adds a node to its trace. An
 * operation that is not here throws {@link UnsupportedOperationException}, and its caller runs
 * eagerly.
 */
final class TraceNDArray extends TraceArithmetic {

  private final Trace trace;
  private final int value;

  TraceNDArray(Trace trace, int value, Shape shape, DataType type) {
    super(trace, shape, type, NDManager.nextUid());
    this.trace = trace;
    this.value = value;
  }

  Trace owner() {
    return trace;
  }

  int value() {
    return value;
  }

  /** One node on this array alone, of the same type. */
  TraceNDArray op(String op, Shape result, Map<String, Object> attributes) {
    return trace.node(op, List.of(this), result, getDataType(), attributes);
  }

  TraceNDArray unary(String op) {
    return op(op, getShape(), Map.of());
  }

  TraceNDArray scalar(Number n) {
    boolean integer = getDataType().isInteger() && (n instanceof Integer || n instanceof Long);
    DataType type = integer ? getDataType() : DataType.FLOAT32;
    ByteBuffer data = ByteBuffer.allocate(8).order(ByteOrder.nativeOrder());
    switch (type) {
      case INT64 -> data.putLong(n.longValue());
      case INT32 -> data.putInt(n.intValue());
      case UINT8, INT8 -> data.put(n.byteValue());
      default -> data.putFloat(n.floatValue());
    }
    data.flip();
    return trace.constant(data.slice().order(ByteOrder.nativeOrder()), new Shape(), type);
  }

  TraceNDArray binary(String op, TraceNDArray other) {
    DataType type = Shapes.wider(getDataType(), other.getDataType());
    return trace.node(
        op,
        List.of(cast(type), other.cast(type)),
        Shapes.broadcast(getShape(), other.getShape()),
        type,
        Map.of());
  }

  /** True division as in PyTorch: integers are divided as float32. */
  TraceNDArray quotient(TraceNDArray other) {
    return Shapes.wider(getDataType(), other.getDataType()).isFloating()
        ? binary("Div", other)
        : cast(DataType.FLOAT32).binary("Div", other.cast(DataType.FLOAT32));
  }

  TraceNDArray compare(String op, TraceNDArray other) {
    DataType type = Shapes.wider(getDataType(), other.getDataType());
    return trace.node(
        op,
        List.of(cast(type), other.cast(type)),
        Shapes.broadcast(getShape(), other.getShape()),
        DataType.BOOLEAN,
        Map.of());
  }

  TraceNDArray cast(DataType type) {
    if (type == getDataType()) {
      return this;
    }
    Integer onnx = Shapes.ONNX.get(type);
    if (onnx == null) {
      throw new NotTraceableException("toType(" + type + ")");
    }
    return trace.node("Cast", List.of(this), getShape(), type, Map.of("to", (long) onnx));
  }

  @Override
  public NDArray softmax(int axis) {
    return op("Softmax", getShape(), Map.of("axis", (long) axis));
  }

  @Override
  public NDArray logSoftmax(int axis) {
    return op("LogSoftmax", getShape(), Map.of("axis", (long) axis));
  }

  @Override
  public NDArray toType(DataType dataType, boolean copy) {
    return cast(dataType);
  }

  @Override
  public NDArray reshape(Shape target) {
    Shape result = Shapes.reshape(getShape(), target);
    return trace.node(
        "Reshape",
        List.of(this, trace.constant(result.getShape())),
        result,
        getDataType(),
        Map.of("allowzero", 1L));
  }

  @Override
  public NDArray flatten() {
    return reshape(new Shape(getShape().size()));
  }

  @Override
  public NDArray flatten(int startDim, int endDim) {
    int from = Shapes.axis(startDim, getShape().dimension());
    int to = Shapes.axis(endDim, getShape().dimension());
    Shape middle = new Shape(getShape().slice(from, to + 1).size());
    return reshape(getShape().slice(0, from).addAll(middle).addAll(getShape().slice(to + 1)));
  }

  /** As torch's {@code constant_pad_nd}: before and after the last axis, then the one before it. */
  @Override
  public NDArray pad(Shape padding, double value) {
    int rank = getShape().dimension();
    long[] pads = new long[2 * rank];
    long[] dims = getShape().getShape().clone();
    for (int i = 0; 2 * i < padding.dimension(); i++) {
      int axis = rank - 1 - i;
      pads[axis] = padding.get(2 * i);
      pads[rank + axis] = padding.get(2 * i + 1);
      dims[axis] += pads[axis] + pads[rank + axis];
    }
    return trace.node(
        "Pad",
        List.of(this, trace.constant(pads), scalar(value).cast(getDataType())),
        new Shape(dims),
        getDataType(),
        Map.of());
  }

  @Override
  public NDArray expandDims(int axis) {
    int at = axis < 0 ? axis + getShape().dimension() + 1 : axis;
    return trace.node(
        "Unsqueeze",
        List.of(this, trace.constant(at)),
        Shapes.insert(getShape(), at),
        getDataType(),
        Map.of());
  }

  @Override
  public NDArray squeeze(int[] axes) {
    int[] at = axes(axes);
    return trace.node(
        "Squeeze",
        List.of(this, trace.constant(IntStream.of(at).asLongStream().toArray())),
        Shapes.remove(getShape(), at),
        getDataType(),
        Map.of());
  }

  @Override
  public NDArray transpose(int... axes) {
    int[] order = axes(axes);
    long[] dims = IntStream.of(order).mapToLong(a -> getShape().get(a)).toArray();
    return op(
        "Transpose",
        new Shape(dims),
        Map.of("perm", Shapes.longs(IntStream.of(order).asLongStream().toArray())));
  }

  @Override
  public NDArray transpose() {
    int rank = getShape().dimension();
    return transpose(IntStream.range(0, rank).map(i -> rank - 1 - i).toArray());
  }

  @Override
  public NDArray broadcast(Shape target) {
    return trace.node(
        "Expand",
        List.of(this, trace.constant(target.getShape())),
        Shapes.broadcast(getShape(), target),
        getDataType(),
        Map.of());
  }

  @Override
  public NDArray sum(int[] axes, boolean keepDims) {
    int[] at = axes(axes);
    // As in PyTorch: integers and truth values add up to int64.
    TraceNDArray terms = getDataType().isFloating() ? this : cast(DataType.INT64);
    return trace.node(
        "ReduceSum",
        List.of(terms, trace.constant(IntStream.of(at).asLongStream().toArray())),
        Shapes.reduce(getShape(), at, keepDims),
        terms.getDataType(),
        Map.of("keepdims", keepDims ? 1L : 0L));
  }

  @Override
  public NDArray sum() {
    return sum(allAxes(), false);
  }

  @Override
  public NDArray mean() {
    return mean(allAxes(), false);
  }

  @Override
  public NDArray max() {
    return max(allAxes(), false);
  }

  @Override
  public NDArray min() {
    return min(allAxes(), false);
  }

  @Override
  public NDArray mean(int[] axes, boolean keepDims) {
    return reduce("ReduceMean", axes, keepDims);
  }

  @Override
  public NDArray max(int[] axes, boolean keepDims) {
    return reduce("ReduceMax", axes, keepDims);
  }

  @Override
  public NDArray min(int[] axes, boolean keepDims) {
    return reduce("ReduceMin", axes, keepDims);
  }

  private NDArray reduce(String op, int[] axes, boolean keepDims) {
    int[] at = axes(axes);
    return op(
        op,
        Shapes.reduce(getShape(), at, keepDims),
        Map.of(
            "axes",
            Shapes.longs(IntStream.of(at).asLongStream().toArray()),
            "keepdims",
            keepDims ? 1L : 0L));
  }

  @Override
  public NDArray matMul(NDArray other) {
    TraceNDArray right = trace.own(other);
    Shape a = getShape();
    Shape b = right.getShape();
    if (a.dimension() < 2 || b.dimension() < 2) {
      throw new NotTraceableException("matMul of vectors");
    }
    Shape batch = Shapes.broadcast(a.slice(0, a.dimension() - 2), b.slice(0, b.dimension() - 2));
    Shape result = batch.add(a.get(a.dimension() - 2)).add(b.get(b.dimension() - 1));
    return trace.node("MatMul", List.of(this, right), result, getDataType(), Map.of());
  }

  @Override
  public NDArray batchMatMul(NDArray other) {
    return matMul(other);
  }

  @Override
  public NDArray gather(NDArray index, int axis) {
    TraceNDArray at = trace.own(index);
    return trace.node(
        "GatherElements",
        List.of(this, at),
        at.getShape(),
        getDataType(),
        Map.of("axis", (long) Shapes.axis(axis, getShape().dimension())));
  }

  @Override
  public NDArray get(NDManager manager, NDIndex index) {
    return Indexing.get(this, index);
  }

  @Override
  public NDArray get(NDIndex index) {
    return Indexing.get(this, index);
  }

  @Override
  public NDArray stopGradient() {
    return this;
  }

  @Override
  public NDArray duplicate() {
    return this;
  }

  @Override
  public NDArrayEx getNDArrayInternal() {
    return TraceOps.of(this);
  }

  private int[] axes(int[] axes) {
    return IntStream.of(axes).map(a -> Shapes.axis(a, getShape().dimension())).toArray();
  }

  private int[] allAxes() {
    return IntStream.range(0, getShape().dimension()).toArray();
  }

  @Override
  public void attach(NDManager manager) {}

  @Override
  public void tempAttach(NDManager manager) {}

  @Override
  public void detach() {}

  @Override
  public void close() {}

  @Override
  public void intern(NDArray replaced) {
    throw new NotTraceableException("intern");
  }

  @Override
  public ByteBuffer toByteBuffer(boolean tryDirect) {
    throw new NotTraceableException("toByteBuffer");
  }

  @Override
  public String toString() {
    return "traced " + getDataType() + getShape();
  }
}
