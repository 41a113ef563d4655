package dev.millrace.components.trace;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.internal.NDArrayEx;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The operations that DJL's own blocks call: convolution, pooling, normalisation, activations,
 * joining.
 */
final class TraceOps {

  private TraceOps() {}

  static NDArrayEx of(TraceNDArray array) {
    return (NDArrayEx)
        Proxy.newProxyInstance(
            NDArrayEx.class.getClassLoader(),
            new Class<?>[] {NDArrayEx.class},
            (proxy, method, arguments) ->
                call(array, method.getName(), arguments == null ? new Object[0] : arguments));
  }

  private static Object call(TraceNDArray x, String name, Object[] a) {
    Shape shape = x.getShape();
    return switch (name) {
      case "getArray" -> x;
      case "relu" -> x.op("Relu", shape, Map.of());
      case "sigmoid" -> x.op("Sigmoid", shape, Map.of());
      case "tanh" -> x.op("Tanh", shape, Map.of());
      case "softPlus" -> x.op("Softplus", shape, Map.of());
      case "leakyRelu" -> x.op("LeakyRelu", shape, Map.of("alpha", a[0]));
      case "elu" -> x.op("Elu", shape, Map.of("alpha", a[0]));
      case "swish" -> x.mul(((TraceNDArray) x.mul((Float) a[0])).op("Sigmoid", shape, Map.of()));
      case "gelu" -> x.mul(0.5f).mul(x.div((float) Math.sqrt(2)).erf().add(1f));
      case "rsub" -> a[0] instanceof Number n ? x.neg().add(n) : ((NDArray) a[0]).sub(x);
      case "rdiv" -> a[0] instanceof Number n ? x.pow(-1f).mul(n) : ((NDArray) a[0]).div(x);
      case "convolution" -> new NDList(convolution(x, a));
      case "deconvolution" -> new NDList(deconvolution(x, a));
      case "linear" -> new NDList(linear(x, (NDArray) a[1], (NDArray) a[2]));
      case "batchNorm" -> new NDList(batchNorm(x, a));
      case "dropout" -> new NDList(x);
      case "maxPool" -> pool(x, "MaxPool", a, (Boolean) a[3], Map.of());
      case "avgPool" -> averagePool(x, a);
      case "globalAvgPool" ->
          x.op("GlobalAveragePool", globalShape(shape), Map.of()).reshape(shape.slice(0, 2));
      case "globalMaxPool" ->
          x.op("GlobalMaxPool", globalShape(shape), Map.of()).reshape(shape.slice(0, 2));
      case "concat" -> concat(x, (NDList) a[0], (Integer) a[1]);
      case "stack" -> stack(x, (NDList) a[0], (Integer) a[1]);
      case "where" -> where(x, (NDArray) a[0], (NDArray) a[1]);
      default -> throw new NotTraceableException(name);
    };
  }

  private static TraceNDArray convolution(TraceNDArray x, Object[] a) {
    Shape shape = x.getShape();
    Shape weight = ((NDArray) a[1]).getShape();
    Shape stride = (Shape) a[3];
    Shape pad = (Shape) a[4];
    Shape dilation = (Shape) a[5];
    if (shape.dimension() != 4) {
      throw new NotTraceableException(
          "convolution over " + (shape.dimension() - 2) + " dimensions");
    }
    Shape result =
        new Shape(
            shape.get(0),
            weight.get(0),
            Shapes.window(
                shape.get(2), weight.get(2), stride.get(0), pad.get(0), dilation.get(0), false),
            Shapes.window(
                shape.get(3), weight.get(3), stride.get(1), pad.get(1), dilation.get(1), false));
    return x.owner()
        .node(
            "Conv",
            operands(x, (NDArray) a[1], (NDArray) a[2]),
            result,
            x.getDataType(),
            Map.of(
                "strides", Shapes.boxed(stride),
                "dilations", Shapes.boxed(dilation),
                "group", (long) (Integer) a[6],
                "pads", Shapes.longs(pad.get(0), pad.get(1), pad.get(0), pad.get(1))));
  }

  private static TraceNDArray deconvolution(TraceNDArray x, Object[] a) {
    Shape shape = x.getShape();
    Shape weight = ((NDArray) a[1]).getShape();
    Shape stride = (Shape) a[3];
    Shape pad = (Shape) a[4];
    Shape outPad = (Shape) a[5];
    Shape dilation = (Shape) a[6];
    int groups = (Integer) a[7];
    long[] dims = {shape.get(0), weight.get(1) * groups, 0, 0};
    for (int i = 0; i < 2; i++) {
      dims[2 + i] =
          (shape.get(2 + i) - 1) * stride.get(i)
              - 2 * pad.get(i)
              + dilation.get(i) * (weight.get(2 + i) - 1)
              + outPad.get(i)
              + 1;
    }
    return x.owner()
        .node(
            "ConvTranspose",
            operands(x, (NDArray) a[1], (NDArray) a[2]),
            new Shape(dims),
            x.getDataType(),
            Map.of(
                "strides", Shapes.boxed(stride),
                "dilations", Shapes.boxed(dilation),
                "output_padding", Shapes.boxed(outPad),
                "group", (long) groups,
                "pads", Shapes.longs(pad.get(0), pad.get(1), pad.get(0), pad.get(1))));
  }

  private static NDArray linear(TraceNDArray x, NDArray weight, @Nullable NDArray bias) {
    Shape shape = x.getShape();
    long units = weight.getShape().get(0);
    int rank = shape.dimension();
    TraceNDArray rows =
        rank == 2 ? x : (TraceNDArray) x.reshape(new Shape(-1, shape.get(rank - 1)));
    TraceNDArray result =
        x.owner()
            .node(
                "Gemm",
                operands(rows, weight, bias),
                new Shape(rows.getShape().get(0), units),
                x.getDataType(),
                Map.of("transB", 1L));
    return rank == 2 ? result : result.reshape(shape.slice(0, rank - 1).add(units));
  }

  private static TraceNDArray batchNorm(TraceNDArray x, Object[] a) {
    // DJL: input, runningMean, runningVar, gamma, beta, axis, momentum, epsilon. ONNX: input,
    // scale, bias, mean, var.
    Trace trace = x.owner();
    return trace.node(
        "BatchNormalization",
        List.of(
            x,
            trace.own((NDArray) a[3]),
            trace.own((NDArray) a[4]),
            trace.own((NDArray) a[1]),
            trace.own((NDArray) a[2])),
        x.getShape(),
        x.getDataType(),
        Map.of("epsilon", a[7]));
  }

  private static TraceNDArray pool(
      TraceNDArray x, String op, Object[] a, boolean ceil, Map<String, Object> more) {
    Shape shape = x.getShape();
    Shape kernel = (Shape) a[0];
    Shape stride = (Shape) a[1];
    Shape pad = (Shape) a[2];
    Map<String, Object> attributes = new HashMap<>(more);
    attributes.put("kernel_shape", Shapes.boxed(kernel));
    attributes.put("strides", Shapes.boxed(stride));
    attributes.put("pads", Shapes.longs(pad.get(0), pad.get(1), pad.get(0), pad.get(1)));
    attributes.put("ceil_mode", ceil ? 1L : 0L);
    Shape result =
        new Shape(
            shape.get(0),
            shape.get(1),
            Shapes.window(shape.get(2), kernel.get(0), stride.get(0), pad.get(0), 1, ceil),
            Shapes.window(shape.get(3), kernel.get(1), stride.get(1), pad.get(1), 1, ceil));
    return x.op(op, result, Map.copyOf(attributes));
  }

  private static TraceNDArray averagePool(TraceNDArray x, Object[] a) {
    boolean ceil = (Boolean) a[3];
    // Without padding nothing is there to count, but ONNX Runtime would count what a last window
    // reaches beyond the image.
    boolean counted = (Boolean) a[4] && ((Shape) a[2]).get(0) + ((Shape) a[2]).get(1) > 0;
    if (ceil && counted) {
      throw new NotTraceableException("avgPool with ceilMode and counted padding");
    }
    return pool(x, "AveragePool", a, ceil, Map.of("count_include_pad", counted ? 1L : 0L));
  }

  private static Shape globalShape(Shape shape) {
    return new Shape(shape.get(0), shape.get(1), 1, 1);
  }

  private static NDArray concat(TraceNDArray first, NDList others, int axis) {
    List<TraceNDArray> all = new ArrayList<>(List.of(first));
    DataType type = first.getDataType();
    for (NDArray other : others) {
      TraceNDArray traced = first.owner().own(other);
      all.add(traced);
      type = Shapes.wider(type, traced.getDataType());
    }
    int at = Shapes.axis(axis, first.getShape().dimension());
    long size = all.stream().mapToLong(t -> t.getShape().get(at)).sum();
    DataType common = type;
    return first
        .owner()
        .node(
            "Concat",
            all.stream().map(t -> t.cast(common)).toList(),
            Shapes.with(first.getShape(), at, size),
            common,
            Map.of("axis", (long) at));
  }

  private static NDArray stack(TraceNDArray first, NDList others, int axis) {
    int at = axis < 0 ? axis + first.getShape().dimension() + 1 : axis;
    NDList expanded = new NDList();
    for (NDArray other : others) {
      expanded.add(other.expandDims(at));
    }
    return concat((TraceNDArray) first.expandDims(at), expanded, at);
  }

  private static NDArray where(TraceNDArray x, NDArray condition, NDArray other) {
    TraceNDArray test = x.owner().own(condition);
    TraceNDArray otherwise = x.owner().own(other);
    DataType type = Shapes.wider(x.getDataType(), otherwise.getDataType());
    Shape shape =
        Shapes.broadcast(test.getShape(), Shapes.broadcast(x.getShape(), otherwise.getShape()));
    return x.owner()
        .node("Where", List.of(test, x.cast(type), otherwise.cast(type)), shape, type, Map.of());
  }

  private static List<TraceNDArray> operands(
      TraceNDArray x, NDArray weight, @Nullable NDArray bias) {
    Trace trace = x.owner();
    return bias == null
        ? List.of(x, trace.own(weight))
        : List.of(x, trace.own(weight), trace.own(bias));
  }
}
