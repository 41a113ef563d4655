package dev.millrace.components.trace;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What forward methods did: nodes in order, over values that are numbered in order. Confined to the
 * thread that traces; afterwards only read.
 */
public final class Trace {

  /**
   * One ONNX node. Attributes are Long, Float, String or List of Long; those of a node that came
   * from a file are as they were there.
   *
   * @param domain of the operator; empty for ONNX's own
   * @param inputs values; {@link #ABSENT} for an optional one that is not given, as among outputs
   * @param imported whether it came from a file, so that nobody here knows its types
   */
  public record Node(
      String domain,
      String op,
      List<Integer> inputs,
      List<Integer> outputs,
      Map<String, Object> attributes,
      String stage,
      boolean imported) {}

  /**
   * What somebody said of a value whose shape nobody here can foretell.
   *
   * @param where who said so: a path in the YAML
   * @param what the value's name there
   */
  public record Promise(String where, String what, int value, Shape shape) {}

  /** An optional input or output that is not there. */
  static final int ABSENT = -1;

  /** Data that came from Java: native byte order, never changed. */
  public record Constant(int value, DataType type, Shape shape, ByteBuffer data) {
    boolean sameAs(Constant other) {
      return type == other.type && shape.equals(other.shape) && data.equals(other.data);
    }
  }

  /** A named value that goes in or comes out. */
  public record Port(String name, int value, DataType type, int rank) {}

  private final List<Node> nodes = new ArrayList<>();
  private final List<Constant> constants = new ArrayList<>();
  private final Map<Parameter, Integer> parameters = new LinkedHashMap<>();
  private final List<Port> inputs = new ArrayList<>();
  private final List<Port> outputs = new ArrayList<>();
  private final List<Promise> promises = new ArrayList<>();
  private final Set<String> graphs = new LinkedHashSet<>();
  private final Map<Integer, Constant> constantByValue = new HashMap<>();
  private final NDManager manager = TraceManager.of(this);
  private String stage = "";
  private int values;

  /** Makes arrays from Java values within this trace. */
  public NDManager manager() {
    return manager;
  }

  /** Nodes from here on belong to this stage. */
  public void stage(String name) {
    stage = name;
  }

  /** An array that the caller will provide. */
  public NDArray input(String name, DataType type, Shape shape) {
    TraceNDArray array = new TraceNDArray(this, values++, shape, type);
    inputs.add(new Port(name, array.value(), type, shape.dimension()));
    return array;
  }

  /** The value of a parameter. */
  public NDArray parameter(Parameter parameter) {
    int value = parameters.computeIfAbsent(parameter, p -> values++);
    return new TraceNDArray(this, value, parameter.getShape(), DataType.FLOAT32);
  }

  /** Marks an array of this trace as a result. */
  public void output(String name, NDArray array) {
    TraceNDArray traced = own(array);
    TraceNDArray result =
        node("Identity", List.of(traced), traced.getShape(), traced.getDataType(), Map.of());
    outputs.add(
        new Port(name, result.value(), result.getDataType(), result.getShape().dimension()));
  }

  public List<Node> nodes() {
    return nodes;
  }

  public List<Constant> constants() {
    return constants;
  }

  public Map<Parameter, Integer> parameters() {
    return parameters;
  }

  public List<Port> inputs() {
    return inputs;
  }

  public List<Port> outputs() {
    return outputs;
  }

  /** What was said of shapes and must be seen to hold. */
  public List<Promise> promises() {
    return promises;
  }

  /** The files that nodes came from, as the plan describes them; empty if this can run eagerly. */
  public Set<String> graphs() {
    return graphs;
  }

  /** The name of the output that tells the shape of promise {@code index}. */
  public static String promiseName(int index) {
    return "promise_" + index;
  }

  /** What the promised values are made of, and nothing else; its outputs are their shapes. */
  public Trace promisesAlone() {
    Trace alone = new Trace();
    alone.inputs.addAll(inputs);
    alone.values = values;
    Set<Integer> wanted = new HashSet<>();
    promises.forEach(promise -> wanted.add(promise.value()));
    for (int i = nodes.size() - 1; i >= 0; i--) {
      Node node = nodes.get(i);
      if (node.outputs().stream().anyMatch(wanted::contains)) {
        wanted.addAll(node.inputs());
        wanted.remove(ABSENT);
        alone.nodes.add(node);
      }
    }
    Collections.reverse(alone.nodes);
    constants.stream().filter(c -> wanted.contains(c.value())).forEach(alone.constants::add);
    parameters.forEach(
        (parameter, value) -> {
          if (wanted.contains(value)) {
            alone.parameters.put(parameter, value);
          }
        });
    for (int i = 0; i < promises.size(); i++) {
      Promise promise = promises.get(i);
      int rank = promise.shape().dimension();
      alone.nodes.add(
          new Node(
              "", "Shape", List.of(promise.value()), List.of(alone.values), Map.of(), "", false));
      alone.outputs.add(new Port(promiseName(i), alone.values++, DataType.INT64, rank));
    }
    return alone;
  }

  /** Whether the other trace differs from this one in the contents of constants at most. */
  public boolean sameStructure(Trace other) {
    return nodes.equals(other.nodes)
        && parameters.equals(other.parameters)
        && inputs.equals(other.inputs)
        && outputs.equals(other.outputs)
        && sameConstantTypes(other);
  }

  private boolean sameConstantTypes(Trace other) {
    if (constants.size() != other.constants.size()) {
      return false;
    }
    for (int i = 0; i < constants.size(); i++) {
      Constant a = constants.get(i);
      Constant b = other.constants.get(i);
      if (a.value() != b.value()
          || a.type() != b.type()
          || a.shape().dimension() != b.shape().dimension()) {
        return false;
      }
    }
    return true;
  }

  /** Whether constant {@code index} has the same contents in both traces. */
  public boolean sameConstant(int index, Trace other) {
    return constants.get(index).sameAs(other.constants.get(index));
  }

  TraceNDArray constant(ByteBuffer data, Shape shape, DataType type) {
    Constant constant = new Constant(values++, type, shape, data);
    constants.add(constant);
    constantByValue.put(constant.value(), constant);
    return new TraceNDArray(this, constant.value(), shape, type);
  }

  TraceNDArray constant(long... longs) {
    ByteBuffer data = ByteBuffer.allocate(8 * longs.length).order(ByteOrder.nativeOrder());
    data.asLongBuffer().put(longs);
    return constant(data, new Shape(longs.length), DataType.INT64);
  }

  /** One node with one output of known shape. */
  TraceNDArray node(
      String op,
      List<TraceNDArray> in,
      Shape shape,
      DataType type,
      Map<String, Object> attributes) {
    return new TraceNDArray(this, nodes(op, in, 1, attributes)[0], shape, type);
  }

  /** One node; answers with the numbers of its outputs. */
  int[] nodes(String op, List<TraceNDArray> in, int count, Map<String, Object> attributes) {
    List<Integer> ins = in.stream().map(TraceNDArray::value).toList();
    List<Integer> outs = new ArrayList<>(count);
    int[] result = new int[count];
    for (int i = 0; i < count; i++) {
      result[i] = values;
      outs.add(values++);
    }
    nodes.add(new Node("", op, ins, List.copyOf(outs), attributes, stage, false));
    return result;
  }

  /**
   * A node as it stands in a file.
   *
   * @param inputs numbers of values, or {@link #ABSENT}
   * @param present which outputs there are
   * @return the outputs' numbers, or {@link #ABSENT}
   */
  List<Integer> imported(
      String domain,
      String op,
      List<Integer> inputs,
      List<Boolean> present,
      Map<String, Object> attributes) {
    List<Integer> outs = new ArrayList<>(present.size());
    for (boolean there : present) {
      outs.add(there ? values++ : ABSENT);
    }
    nodes.add(
        new Node(
            domain,
            op,
            List.copyOf(inputs),
            List.copyOf(outs),
            Map.copyOf(attributes),
            stage,
            true));
    return List.copyOf(outs);
  }

  /** From here on this trace has nodes of that file, which only ONNX Runtime can run. */
  void graph(String description) {
    graphs.add(description);
  }

  /** A value of a node that came from a file, and what was said of its shape. */
  TraceNDArray promised(int value, DataType type, Promise promise) {
    promises.add(promise);
    return new TraceNDArray(this, value, promise.shape(), type);
  }

  /** An argument of an operation, which must have come from this trace. */
  TraceNDArray own(NDArray array) {
    if (array instanceof TraceNDArray traced && traced.owner() == this) {
      return traced;
    }
    throw new NotTraceableException(
        "on an array that was not made in this forward pass (make it with the manager of an input)");
  }
}
