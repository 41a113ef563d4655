package dev.millrace.components.modeling.graph;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import dev.millrace.components.checkpoint.ElementType;
import dev.millrace.components.checkpoint.Tensor;
import dev.millrace.components.modeling.Forward;
import dev.millrace.components.trace.OnnxGraph;
import dev.millrace.components.trace.VisionOps;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * An ONNX graph as a part of a component.
 *
 * @param sha256 of the file
 * @param oneByOne it takes one image at a time: the images of a batch go through it one after
 *     another, within the same segment
 * @param where it is named, for messages: a path in the YAML
 */
public record ImportedGraph(OnnxGraph graph, String sha256, boolean oneByOne, String where) {

  /** What a component that has this graph brings. */
  Map<Parameter, Tensor> weights() {
    Map<Parameter, Tensor> weights = new LinkedHashMap<>();
    graph
        .weights()
        .forEach(
            (parameter, data) ->
                weights.put(
                    parameter,
                    new Tensor(ElementType.FLOAT32, parameter.getShape().getShape(), data)));
    return weights;
  }

  /**
   * @param image (N, 3, H, W)
   * @param shapes of what is wanted, by the graph's names, for N images
   * @throws UnsupportedOperationException outside of a traced pass that serves
   */
  Map<String, NDArray> run(Forward f, NDArray image, Map<String, Shape> shapes) {
    if (f.training()) {
      throw new UnsupportedOperationException("an ONNX graph cannot be trained");
    }
    long n = image.getShape().get(0);
    if (!oneByOne || n == 1) {
      return once(f, image, shapes);
    }
    Map<String, NDList> parts = new LinkedHashMap<>();
    for (long i = 0; i < n; i++) {
      Map<String, Shape> single = new LinkedHashMap<>();
      shapes.forEach((name, shape) -> single.put(name, new Shape(1).addAll(shape.slice(1))));
      once(f, image.get(i + ":" + (i + 1)), single)
          .forEach((name, part) -> parts.computeIfAbsent(name, k -> new NDList()).add(part));
    }
    Map<String, NDArray> results = new LinkedHashMap<>();
    parts.forEach((name, all) -> results.put(name, VisionOps.concat(all, 0)));
    return results;
  }

  private Map<String, NDArray> once(Forward f, NDArray image, Map<String, Shape> shapes) {
    List<OnnxGraph.Wanted> wanted =
        shapes.entrySet().stream()
            .map(e -> new OnnxGraph.Wanted(e.getKey(), e.getValue(), where))
            .toList();
    return graph.run(image, f::value, wanted);
  }
}
