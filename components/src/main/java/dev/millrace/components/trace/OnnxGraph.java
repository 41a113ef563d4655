package dev.millrace.components.trace;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * What an {@link OnnxFile} does with an image: nodes that become part of whatever trace the image
 * belongs to. Its large weights are parameters, so that all programs share them. Immutable; any
 * thread.
 */
public final class OnnxGraph {

  /**
   * A value to get out of it.
   *
   * @param name in the graph
   * @param shape what is said of it; seen to hold before the first batch
   * @param where who says so, for messages: a path in the YAML
   */
  public record Wanted(String name, Shape shape, String where) {}

  private final int opset;
  private final OnnxFile.Port input;
  private final List<OnnxNode> nodes;
  private final Map<String, OnnxTensor> constants = new LinkedHashMap<>();
  private final Map<String, Parameter> parameters = new LinkedHashMap<>();
  private final Map<Parameter, ByteBuffer> weights = new LinkedHashMap<>();
  private final Map<String, DataType> types;

  OnnxGraph(
      int opset,
      OnnxFile.Port input,
      List<OnnxNode> nodes,
      Map<String, OnnxTensor> tensors,
      Map<String, DataType> types) {
    this.opset = opset;
    this.input = input;
    this.nodes = nodes;
    this.types = Map.copyOf(types);
    tensors.forEach(
        (name, tensor) -> {
          if (tensor.weight()) {
            Parameter parameter =
                Parameter.builder()
                    .setName(name)
                    .setType(Parameter.Type.OTHER)
                    .optShape(tensor.shape())
                    .optRequiresGrad(false)
                    .build();
            parameters.put(name, parameter);
            weights.put(parameter, tensor.data());
          } else {
            constants.put(name, tensor);
          }
        });
  }

  /** Where the image goes in. */
  public OnnxFile.Port input() {
    return input;
  }

  /** Values of its parameters: float32, native byte order, direct memory, not to be changed. */
  public Map<Parameter, ByteBuffer> weights() {
    return weights;
  }

  /**
   * Adds its nodes to the image's trace.
   *
   * @param image (N, 3, H, W)
   * @param value gives a parameter's value in this pass
   * @param wanted values that it was made for
   * @return float32 or, where the file says so, another type, by name
   * @throws UnsupportedOperationException if the image is not traced
   */
  public Map<String, NDArray> run(
      NDArray image, Function<Parameter, NDArray> value, List<Wanted> wanted) {
    if (!(image instanceof TraceNDArray traced)) {
      throw new UnsupportedOperationException(
          "an ONNX graph runs on ONNX Runtime only: its stage must be one that can be traced");
    }
    Trace trace = traced.owner();
    trace.graph("an ONNX file of opset " + opset + ", " + nodes.size() + " nodes");
    Map<String, Integer> numbers = new HashMap<>();
    numbers.put("", Trace.ABSENT);
    DataType type = input.type();
    numbers.put(input.name(), (type == null ? traced : traced.cast(type)).value());
    constants.forEach(
        (name, tensor) ->
            numbers.put(
                name, trace.constant(tensor.data(), tensor.shape(), tensor.type()).value()));
    parameters.forEach(
        (name, parameter) -> numbers.put(name, trace.own(value.apply(parameter)).value()));
    for (OnnxNode node : nodes) {
      List<Integer> inputs = new ArrayList<>();
      node.inputs().forEach(name -> inputs.add(numbers.getOrDefault(name, Trace.ABSENT)));
      List<Integer> outputs =
          trace.imported(
              node.domain(),
              node.op(),
              inputs,
              node.outputs().stream().map(name -> !name.isEmpty()).toList(),
              node.attributes());
      for (int i = 0; i < outputs.size(); i++) {
        if (outputs.get(i) != Trace.ABSENT) {
          numbers.put(node.outputs().get(i), outputs.get(i));
        }
      }
    }
    Map<String, NDArray> results = new LinkedHashMap<>();
    for (Wanted want : wanted) {
      Integer number = numbers.get(want.name());
      DataType of = types.get(want.name());
      if (number == null || of == null) {
        throw new IllegalArgumentException("this graph was not made for " + want.name());
      }
      results.put(
          want.name(),
          trace.promised(
              number, of, new Trace.Promise(want.where(), want.name(), number, want.shape())));
    }
    return results;
  }
}
