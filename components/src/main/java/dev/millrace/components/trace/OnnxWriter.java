package dev.millrace.components.trace;

import ai.djl.ndarray.types.DataType;
import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Writes a trace as an ONNX model. Parameters are named, not contained: the session is given them,
 * so that programs share them. Chosen constants become inputs {@code constant_<index>}.
 */
public final class OnnxWriter {

  /**
   * RoiAlign with a coordinate mode needs 16; at 22 and later ONNX Runtime has no CPU kernel for
   * it.
   */
  static final int OPSET = 17;

  private static final int IR = 8;

  /** ONNX Runtime's own operators. */
  static final String MICROSOFT = "com.microsoft";

  /** What is worth computing in half precision: one input of weights, the other of activations. */
  private static final Set<String> HALF = Set.of("Conv", "ConvTranspose", "Gemm", "MatMul");

  private OnnxWriter() {}

  /** The name of a parameter's initializer. */
  public static String parameterName(int value) {
    return "parameter_" + value;
  }

  /** The name of the input that a constant becomes. */
  public static String constantName(int index) {
    return "constant_" + index;
  }

  /**
   * @param asInputs indices of the constants that become inputs
   * @param half computes convolutions and matrix products in fp16; everything between them stays
   *     fp32
   */
  public static byte[] write(Trace trace, BitSet asInputs, boolean half) {
    GraphProto.Builder graph = GraphProto.newBuilder().setName("segment");
    String[] names = new String[0];
    names = ports(trace, asInputs, graph, names);
    for (Map.Entry<ai.djl.nn.Parameter, Integer> parameter : trace.parameters().entrySet()) {
      names = name(names, parameter.getValue(), parameterName(parameter.getValue()));
      graph.addInitializer(
          external(parameterName(parameter.getValue()), parameter.getKey().getShape().getShape()));
    }
    int count = 0;
    boolean foreign = false;
    for (Trace.Node node : trace.nodes()) {
      String label = node.stage() + "/" + node.op() + "_" + count++;
      boolean narrow = half && narrows(trace, node);
      NodeProto.Builder proto =
          NodeProto.newBuilder().setDomain(node.domain()).setOpType(node.op()).setName(label);
      foreign |= node.domain().equals(MICROSOFT);
      Set<Integer> cast = new HashSet<>();
      for (int in : node.inputs()) {
        String narrowed = label + "_half_" + in;
        if (in == Trace.ABSENT) {
          proto.addInput("");
          continue;
        }
        if (narrow && cast.add(in)) {
          graph.addNode(castNode(names[in], narrowed, DataType.FLOAT16));
        }
        proto.addInput(narrow ? narrowed : names[in]);
      }
      for (int out : node.outputs()) {
        if (out == Trace.ABSENT) {
          proto.addOutput("");
          continue;
        }
        names = name(names, out, "v" + out);
        proto.addOutput(narrow ? names[out] + "_half" : names[out]);
      }
      node.attributes().forEach((key, value) -> proto.addAttribute(attribute(key, value)));
      graph.addNode(proto);
      if (narrow) {
        String result = names[node.outputs().get(0)];
        graph.addNode(castNode(result + "_half", result, DataType.FLOAT32));
      }
    }
    for (Trace.Port port : trace.outputs()) {
      graph.addNode(
          NodeProto.newBuilder()
              .setOpType("Identity")
              .addInput(names[port.value()])
              .addOutput(port.name()));
      graph.addOutput(info(port.name(), port.type(), -1));
    }
    ModelProto.Builder model =
        ModelProto.newBuilder()
            .setIrVersion(IR)
            .setProducerName("millrace")
            .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("").setVersion(OPSET))
            .setGraph(graph);
    if (foreign) {
      model.addOpsetImport(OperatorSetIdProto.newBuilder().setDomain(MICROSOFT).setVersion(1));
    }
    return model.build().toByteArray();
  }

  /**
   * Whether a node is computed in half precision. Of a node from a file only its weights tell that
   * it computes in fp32, and then all of its inputs are fp32.
   */
  private static boolean narrows(Trace trace, Trace.Node node) {
    if (!HALF.contains(node.op()) || !node.domain().isEmpty()) {
      return false;
    }
    return !node.imported()
        || (node.inputs().size() > 1 && trace.parameters().containsValue(node.inputs().get(1)));
  }

  private static NodeProto castNode(String from, String to, DataType type) {
    return NodeProto.newBuilder()
        .setOpType("Cast")
        .addInput(from)
        .addOutput(to)
        .addAttribute(attribute("to", (long) onnx(type)))
        .build();
  }

  private static String[] ports(
      Trace trace, BitSet asInputs, GraphProto.Builder graph, String[] empty) {
    String[] names = empty;
    for (Trace.Port port : trace.inputs()) {
      names = name(names, port.value(), port.name());
      graph.addInput(info(port.name(), port.type(), port.rank()));
    }
    List<Trace.Constant> constants = trace.constants();
    for (int i = 0; i < constants.size(); i++) {
      Trace.Constant constant = constants.get(i);
      names = name(names, constant.value(), constantName(i));
      if (asInputs.get(i)) {
        graph.addInput(info(constantName(i), constant.type(), constant.shape().dimension()));
      } else {
        TensorProto.Builder tensor =
            TensorProto.newBuilder()
                .setName(constantName(i))
                .setDataType(onnx(constant.type()))
                .setRawData(ByteString.copyFrom(constant.data().duplicate()));
        for (long d : constant.shape().getShape()) {
          tensor.addDims(d);
        }
        graph.addInitializer(tensor);
      }
    }
    return names;
  }

  /** A tensor whose data the session is handed; the location is never read. */
  private static TensorProto external(String name, long[] dims) {
    TensorProto.Builder tensor =
        TensorProto.newBuilder()
            .setName(name)
            .setDataType(onnx(DataType.FLOAT32))
            .setDataLocation(TensorProto.DataLocation.EXTERNAL)
            .addExternalData(
                StringStringEntryProto.newBuilder().setKey("location").setValue("handed-over"));
    for (long d : dims) {
      tensor.addDims(d);
    }
    return tensor.build();
  }

  private static String[] name(String[] names, int value, String name) {
    String[] room =
        value < names.length ? names : java.util.Arrays.copyOf(names, Math.max(256, 2 * value + 2));
    room[value] = name;
    return room;
  }

  private static int onnx(DataType type) {
    Integer number = Shapes.ONNX.get(type);
    if (number == null) {
      throw new NotTraceableException("an array of type " + type);
    }
    return number;
  }

  private static ValueInfoProto info(String name, DataType type, int rank) {
    TypeProto.Tensor.Builder tensor = TypeProto.Tensor.newBuilder().setElemType(onnx(type));
    if (rank >= 0) {
      TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
      for (int i = 0; i < rank; i++) {
        shape.addDim(TensorShapeProto.Dimension.newBuilder().setDimParam(name + "_" + i));
      }
      tensor.setShape(shape);
    }
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(TypeProto.newBuilder().setTensorType(tensor))
        .build();
  }

  private static AttributeProto attribute(String name, Object value) {
    if (value instanceof AttributeProto asInTheFile) {
      return asInTheFile;
    }
    AttributeProto.Builder a = AttributeProto.newBuilder().setName(name);
    if (value instanceof Long number) {
      a.setType(AttributeProto.AttributeType.INT).setI(number);
    } else if (value instanceof Float number) {
      a.setType(AttributeProto.AttributeType.FLOAT).setF(number);
    } else if (value instanceof String text) {
      a.setType(AttributeProto.AttributeType.STRING).setS(ByteString.copyFromUtf8(text));
    } else if (value instanceof List<?> list) {
      a.setType(AttributeProto.AttributeType.INTS);
      for (Object number : list) {
        a.addInts((Long) number);
      }
    } else {
      throw new IllegalArgumentException("an attribute of type " + value.getClass());
    }
    return a.build();
  }
}
