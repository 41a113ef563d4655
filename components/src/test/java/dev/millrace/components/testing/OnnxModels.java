package dev.millrace.components.testing;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.AttributeProto.AttributeType;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.List;

/** ONNX files as strangers write them. Float32 unless said otherwise; an axis of 0 is free. */
public final class OnnxModels {

  private final GraphProto.Builder graph = GraphProto.newBuilder().setName("stranger");
  private final List<OperatorSetIdProto> opsets = new ArrayList<>();

  public OnnxModels(int opset) {
    opset("", opset);
  }

  public OnnxModels opset(String domain, int version) {
    opsets.add(OperatorSetIdProto.newBuilder().setDomain(domain).setVersion(version).build());
    return this;
  }

  public OnnxModels input(String name, long... dims) {
    graph.addInput(info(name, dims));
    return this;
  }

  public OnnxModels output(String name, long... dims) {
    graph.addOutput(info(name, dims));
    return this;
  }

  public OnnxModels floats(String name, long[] dims, float... values) {
    graph.addInitializer(tensor(name, dims, values));
    return this;
  }

  public OnnxModels longs(String name, long... values) {
    TensorProto.Builder tensor = TensorProto.newBuilder().setName(name).setDataType(7);
    tensor.addDims(values.length);
    for (long value : values) {
      tensor.addInt64Data(value);
    }
    graph.addInitializer(tensor);
    return this;
  }

  /** As it is, also such as no honest program would write. */
  public OnnxModels initializer(TensorProto tensor) {
    graph.addInitializer(tensor);
    return this;
  }

  /**
   * A node.
   *
   * @param inputs names, separated by spaces; "-" for none
   * @param outputs likewise
   * @param attributes names and values in turn
   */
  public OnnxModels node(String op, String inputs, String outputs, Object... attributes) {
    return foreign("", op, inputs, outputs, attributes);
  }

  /** The same, of an operator that is not ONNX's own. */
  public OnnxModels foreign(
      String domain, String op, String inputs, String outputs, Object... attributes) {
    NodeProto.Builder node =
        NodeProto.newBuilder().setDomain(domain).setOpType(op).setName(op.toLowerCase());
    for (String input : inputs.isEmpty() ? new String[0] : inputs.split(" ")) {
      node.addInput(input.equals("-") ? "" : input);
    }
    for (String output : outputs.split(" ")) {
      node.addOutput(output.equals("-") ? "" : output);
    }
    for (int i = 0; i < attributes.length; i += 2) {
      node.addAttribute(attribute((String) attributes[i], attributes[i + 1]));
    }
    graph.addNode(node);
    return this;
  }

  public byte[] bytes() {
    return ModelProto.newBuilder()
        .setIrVersion(6)
        .addAllOpsetImport(opsets)
        .setGraph(graph)
        .build()
        .toByteArray();
  }

  public static TensorProto tensor(String name, long[] dims, float... values) {
    TensorProto.Builder tensor = TensorProto.newBuilder().setName(name).setDataType(1);
    for (long dim : dims) {
      tensor.addDims(dim);
    }
    java.nio.ByteBuffer data =
        java.nio.ByteBuffer.allocate(4 * values.length).order(java.nio.ByteOrder.LITTLE_ENDIAN);
    data.asFloatBuffer().put(values);
    return tensor.setRawData(ByteString.copyFrom(data)).build();
  }

  private static AttributeProto attribute(String name, Object value) {
    AttributeProto.Builder a = AttributeProto.newBuilder().setName(name);
    if (value instanceof Integer number) {
      return a.setType(AttributeType.INT).setI(number).build();
    }
    if (value instanceof Float number) {
      return a.setType(AttributeType.FLOAT).setF(number).build();
    }
    if (value instanceof String text) {
      return a.setType(AttributeType.STRING).setS(ByteString.copyFromUtf8(text)).build();
    }
    if (value instanceof long[] numbers) {
      a.setType(AttributeType.INTS);
      for (long number : numbers) {
        a.addInts(number);
      }
      return a.build();
    }
    if (value instanceof float[] numbers) {
      a.setType(AttributeType.FLOATS);
      for (float number : numbers) {
        a.addFloats(number);
      }
      return a.build();
    }
    if (value instanceof GraphProto inner) {
      return a.setType(AttributeType.GRAPH).setG(inner).build();
    }
    return a.setType(AttributeType.TENSOR).setT((TensorProto) value).build();
  }

  private static ValueInfoProto info(String name, long... dims) {
    TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
    for (long dim : dims) {
      shape.addDim(
          dim == 0
              ? TensorShapeProto.Dimension.newBuilder().setDimParam(name + shape.getDimCount())
              : TensorShapeProto.Dimension.newBuilder().setDimValue(dim));
    }
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(
            TypeProto.newBuilder()
                .setTensorType(TypeProto.Tensor.newBuilder().setElemType(1).setShape(shape)))
        .build();
  }
}
