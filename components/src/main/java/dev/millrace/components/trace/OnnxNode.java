package dev.millrace.components.trace;

import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.List;
import java.util.Map;

/**
 * A node of a file, its operator meant as in the writer's opset.
 *
 * @param domain empty for ONNX's own operators
 * @param inputs names; empty for an optional one that is not given, as among outputs
 * @param attributes as {@link Trace.Node} has them
 */
record OnnxNode(
    String domain,
    String op,
    List<String> inputs,
    List<String> outputs,
    Map<String, Object> attributes) {

  /** What messages call a node. */
  static String label(NodeProto node) {
    String name = node.getName();
    if (name.isEmpty() && node.getOutputCount() > 0) {
      name = node.getOutput(0);
    }
    return "the node '" + name + "' (" + node.getOpType() + ")";
  }
}
