package dev.millrace.components.trace;

import ai.djl.ndarray.types.DataType;
import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.UnsafeByteOperations;
import dev.millrace.components.Spelling;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * An ONNX file, read within limits and checked: nodes in order, each reading what is there before
 * it, tensors as large as they say, nothing outside the file. Immutable.
 */
public final class OnnxFile {

  /** Weights included. Protobuf itself ends at twice as much. */
  public static final int MOST_BYTES = 1 << 30;

  static final int MOST_NODES = 50_000;

  /**
   * A graph's input or output.
   *
   * @param type null where the file does not say
   * @param dims lengths of the axes, -1 where they are free; null where not even the rank is said
   */
  @SuppressWarnings("ArrayRecordComponent") // compared by nobody
  public record Port(String name, @Nullable DataType type, long @Nullable [] dims) {

    /** The length of an axis if the file fixes it; else -1. */
    public long dim(int axis) {
      return dims == null || axis >= dims.length ? -1 : dims[axis];
    }
  }

  private final int opset;
  private final Map<String, Port> inputs = new LinkedHashMap<>();
  private final Map<String, Port> outputs = new LinkedHashMap<>();
  private final Map<String, OnnxTensor> tensors = new LinkedHashMap<>();
  private final List<OnnxNode> nodes = new ArrayList<>();

  private OnnxFile(ModelProto model) {
    opset = opset(model);
    GraphProto graph = model.getGraph();
    if (graph.getNodeCount() > MOST_NODES) {
      throw new OnnxFileException(
          "it has " + graph.getNodeCount() + " nodes, allowed are " + MOST_NODES,
          "A detector has a few hundred.");
    }
    if (graph.getSparseInitializerCount() > 0) {
      throw new OnnxFileException(
          "it has sparse tensors, which are not supported", "Export dense ones.");
    }
    for (TensorProto tensor : graph.getInitializerList()) {
      define(tensor.getName(), OnnxTensor.of(tensor, tensor.getName()));
    }
    for (ValueInfoProto input : graph.getInputList()) {
      if (!tensors.containsKey(input.getName())) {
        inputs.put(input.getName(), port(input));
      }
    }
    OnnxUpgrade upgrade =
        new OnnxUpgrade(
            opset,
            tensor -> {
              String name = "constant of opset " + opset + ", " + tensors.size();
              define(name, tensor);
              return name;
            });
    for (NodeProto node : graph.getNodeList()) {
      read(node, upgrade);
    }
    Set<String> made = order();
    for (ValueInfoProto output : graph.getOutputList()) {
      if (!made.contains(output.getName())) {
        throw new OnnxFileException(
            "no node gives its output '" + output.getName() + "'",
            "The file is damaged: export it again.");
      }
      outputs.put(output.getName(), port(output));
    }
  }

  /**
   * @param bytes not to be changed afterwards
   * @throws OnnxFileException if they are no ONNX model, or one that cannot be used
   */
  public static OnnxFile read(byte[] bytes) {
    ModelProto model;
    try {
      OnnxScan.check(bytes, ModelProto.getDescriptor());
      CodedInputStream in = UnsafeByteOperations.unsafeWrap(bytes).newCodedInput();
      in.enableAliasing(true);
      model = ModelProto.parseFrom(in);
    } catch (IOException e) {
      throw new OnnxFileException(
          "expected an ONNX model, found bytes that are none or not all of one: "
              + String.valueOf(e.getMessage()).replaceFirst("\\.? *$", "").replace('\n', ' '),
          "Export the model again, or copy the file again.");
    }
    if (!model.hasGraph() || model.getGraph().getNodeCount() == 0) {
      throw new OnnxFileException(
          "expected an ONNX model, found none with a graph", "Name an .onnx file.");
    }
    return new OnnxFile(model);
  }

  private static int opset(ModelProto model) {
    for (OperatorSetIdProto set : model.getOpsetImportList()) {
      if (set.getDomain().isEmpty() || set.getDomain().equals("ai.onnx")) {
        if (set.getVersion() < OnnxUpgrade.OLDEST || set.getVersion() > OnnxWriter.OPSET) {
          throw new OnnxFileException(
              "it is written in ONNX's opset "
                  + set.getVersion()
                  + ", expected "
                  + OnnxUpgrade.OLDEST
                  + " to "
                  + OnnxWriter.OPSET,
              "Export the model with opset " + OnnxWriter.OPSET + ".");
        }
        return (int) set.getVersion();
      }
    }
    throw new OnnxFileException(
        "it does not say which opset it is written in",
        "Export the model with opset " + OnnxWriter.OPSET + ".");
  }

  private void define(String name, OnnxTensor tensor) {
    if (name.isEmpty() || tensors.put(name, tensor) != null) {
      throw new OnnxFileException(
          "two of its tensors are called '" + name + "'", "The file is damaged: export it again.");
    }
  }

  private void read(NodeProto node, OnnxUpgrade upgrade) {
    String domain = node.getDomain();
    if (!domain.isEmpty() && !domain.equals("ai.onnx") && !domain.equals(OnnxWriter.MICROSOFT)) {
      throw new OnnxFileException(
          OnnxNode.label(node)
              + " has an operator of the domain '"
              + domain
              + "', and only ONNX's own and those of "
              + OnnxWriter.MICROSOFT
              + " are supported",
          "Export the model without custom operators.");
    }
    if (node.getOutputList().stream().allMatch(String::isEmpty)) {
      throw new OnnxFileException(
          OnnxNode.label(node) + " has no output", "The file is damaged: export it again.");
    }
    for (AttributeProto attribute : node.getAttributeList()) {
      check(node, attribute);
    }
    if (domain.isEmpty() || domain.equals("ai.onnx")) {
      OnnxTensor constant = constant(node);
      if (constant != null) {
        define(node.getOutput(0), constant);
        return;
      }
    }
    nodes.addAll(upgrade.upgrade(node));
  }

  private static void check(NodeProto node, AttributeProto attribute) {
    if (attribute.hasG() || attribute.getGraphsCount() > 0) {
      throw new OnnxFileException(
          OnnxNode.label(node) + " has a subgraph, which is not supported",
          "Export the model without If, Loop and Scan, by tracing it.");
    }
    String where = node.getName() + "." + attribute.getName();
    if (attribute.hasT()) {
      OnnxTensor.inside(attribute.getT(), where);
    }
    attribute.getTensorsList().forEach(tensor -> OnnxTensor.inside(tensor, where));
    if (attribute.hasSparseTensor() || attribute.getSparseTensorsCount() > 0) {
      throw new OnnxFileException(
          OnnxNode.label(node) + " has a sparse tensor, which is not supported",
          "Export dense ones.");
    }
  }

  /** What a node that reads nothing gives; null for any other node. */
  private static @Nullable OnnxTensor constant(NodeProto node) {
    if (!node.getOpType().equals("Constant") || node.getAttributeCount() != 1) {
      return null;
    }
    AttributeProto value = node.getAttribute(0);
    return switch (value.getName()) {
      case "value" -> OnnxTensor.of(value.getT(), node.getOutput(0));
      case "value_float" -> OnnxTensor.floats(new long[0], value.getF());
      case "value_int" -> OnnxTensor.longs(new long[0], value.getI());
      case "value_ints" ->
          OnnxTensor.longs(
              new long[] {value.getIntsCount()},
              value.getIntsList().stream().mapToLong(Long::longValue).toArray());
      default -> null;
    };
  }

  /** Every name that is made, after seeing that each is made once and before it is read. */
  private Set<String> order() {
    Set<String> made = new HashSet<>(tensors.keySet());
    made.addAll(inputs.keySet());
    for (OnnxNode node : nodes) {
      for (String name : node.inputs()) {
        if (!name.isEmpty() && !made.contains(name)) {
          throw new OnnxFileException(
              "a node of "
                  + node.op()
                  + " reads '"
                  + name
                  + "', which nothing before it gives: the graph has a cycle, a gap, or is not in"
                  + " order",
              "The file is damaged: export it again.");
        }
      }
      for (String name : node.outputs()) {
        if (!name.isEmpty() && !made.add(name)) {
          throw new OnnxFileException(
              "two of its nodes give '" + name + "'", "The file is damaged: export it again.");
        }
      }
    }
    return made;
  }

  private static Port port(ValueInfoProto info) {
    if (info.getType().getValueCase() != TypeProto.ValueCase.TENSOR_TYPE) {
      throw new OnnxFileException(
          "'" + info.getName() + "' is no tensor", "Export a graph from a tensor to tensors.");
    }
    TypeProto.Tensor tensor = info.getType().getTensorType();
    long[] dims =
        tensor.hasShape()
            ? tensor.getShape().getDimList().stream()
                .mapToLong(d -> d.hasDimValue() && d.getDimValue() > 0 ? d.getDimValue() : -1)
                .toArray()
            : null;
    return new Port(info.getName(), OnnxTensor.type(tensor.getElemType()), dims);
  }

  /** The inputs that somebody must provide. */
  public Map<String, Port> inputs() {
    return inputs;
  }

  public Map<String, Port> outputs() {
    return outputs;
  }

  int opset() {
    return opset;
  }

  /**
   * The part of it that leads from one input to some values.
   *
   * @param input null for the only one
   * @param wanted outputs, or any other names of values
   * @throws OnnxFileException if there are none of these names, or they need more than that input
   */
  public OnnxGraph graph(@Nullable String input, Set<String> wanted) {
    Port from = image(input);
    Set<String> made = new LinkedHashSet<>();
    nodes.forEach(node -> made.addAll(node.outputs()));
    for (String name : wanted) {
      if (!made.contains(name)) {
        List<String> close = Spelling.close(name, made);
        throw new OnnxFileException(
            "no node gives '" + name + "'",
            close.isEmpty()
                ? "Its outputs: " + String.join(", ", outputs.keySet()) + "."
                : "Did you mean " + String.join(" or ", close) + "?");
      }
    }
    Set<String> needed = new HashSet<>(wanted);
    List<OnnxNode> path = new ArrayList<>();
    for (int i = nodes.size() - 1; i >= 0; i--) {
      if (nodes.get(i).outputs().stream().anyMatch(needed::contains)) {
        path.add(nodes.get(i));
        needed.addAll(nodes.get(i).inputs());
        needed.remove("");
      }
    }
    Collections.reverse(path);
    List<String> others =
        inputs.keySet().stream().filter(n -> needed.contains(n) && !n.equals(from.name())).toList();
    if (!others.isEmpty()) {
      throw new OnnxFileException(
          "its outputs need the inputs " + String.join(", ", others) + " beside " + from.name(),
          "Export a graph whose only input is the image.");
    }
    Map<String, OnnxTensor> used = new LinkedHashMap<>();
    tensors.forEach(
        (name, tensor) -> {
          if (needed.contains(name)) {
            used.put(name, tensor);
          }
        });
    Map<String, DataType> types = new HashMap<>();
    for (String name : wanted) {
      Port declared = outputs.get(name);
      types.put(
          name, declared == null || declared.type() == null ? DataType.FLOAT32 : declared.type());
    }
    return new OnnxGraph(opset, from, List.copyOf(path), used, types);
  }

  /**
   * The input that takes the image.
   *
   * @param name null for the only one
   * @throws OnnxFileException if there is none that can
   */
  public Port image(@Nullable String name) {
    String listed = inputs.keySet().stream().collect(Collectors.joining(", "));
    Port port =
        name != null
            ? inputs.get(name)
            : inputs.size() == 1 ? inputs.values().iterator().next() : null;
    if (port == null) {
      throw new OnnxFileException(
          name == null
              ? "expected a graph with one input, found " + inputs.size() + ": " + listed
              : "it has no input '" + name + "'",
          name == null ? "Say which one is the image." : "Its inputs: " + listed + ".");
    }
    boolean image =
        port.type() != null
            && (port.dims() == null
                || (port.dims().length == 4 && (port.dim(1) < 0 || port.dim(1) == 3)));
    if (!image) {
      throw new OnnxFileException(
          "its input '"
              + port.name()
              + "' is no image: expected four axes, (N, 3, H, W), of a known type",
          "Export a graph that takes images.");
    }
    return port;
  }
}
