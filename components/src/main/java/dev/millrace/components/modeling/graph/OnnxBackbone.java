package dev.millrace.components.modeling.graph;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.millrace.components.Build;
import dev.millrace.components.ComponentFile;
import dev.millrace.components.ShapeSpec;
import dev.millrace.components.modeling.Backbone;
import dev.millrace.components.modeling.FeatureMaps;
import dev.millrace.components.modeling.Forward;
import dev.millrace.components.trace.OnnxFile;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A backbone that is an ONNX file: an image (N, 3, H, W), as the meta-architecture normalises it,
 * to feature maps. Its nodes become part of the segment of the stages around it. It is compiled in
 * every mode, since it has no other form, and cannot be trained.
 */
public final class OnnxBackbone extends Backbone {

  /** What a configuration says of it. */
  public record Args(
      @JsonPropertyDescription(
              "The ONNX file, relative to the file that names it, or a file name looked up in MILLRACE_WEIGHTS")
          @Nullable String file,
      @JsonPropertyDescription("https address to fetch it from when no folder has it")
          @Nullable String url,
      @JsonPropertyDescription("SHA-256 of the file in hex; required") @Nullable String sha256,
      @JsonPropertyDescription("The graph's input for the image; default its only one")
          @Nullable String input,
      @JsonPropertyDescription(
              "Feature maps by name: outputs of the graph, or any values inside it; what lies behind them is left out")
          Map<String, GraphOutput> outputs,
      @JsonPropertyDescription(
              "Images are padded to multiples of this; default what the strides need")
          @Nullable Integer sizeDivisibility,
      @JsonPropertyDescription(
              "The graph takes one image at a time: those of a batch go through it one by one; default false")
          @Nullable Boolean oneByOne) {}

  private final ImportedGraph graph;
  private final Map<String, GraphOutput> outputs;
  private final int sizeDivisibility;

  /**
   * @param graph made for the graph's names of the outputs
   * @param outputs by feature name
   * @param sizeDivisibility a multiple of every stride
   */
  public OnnxBackbone(ImportedGraph graph, Map<String, GraphOutput> outputs, int sizeDivisibility) {
    this.graph = graph;
    this.outputs = new LinkedHashMap<>(outputs);
    this.sizeDivisibility = sizeDivisibility;
    bring(graph.weights(), graph.sha256());
  }

  public static OnnxBackbone fromConfig(Args args, Build build) {
    Map<String, GraphOutput> outputs = GraphOutput.checked(build, args.outputs());
    int divisibility = GraphOutput.divisibility(build, args.sizeDivisibility(), outputs);
    ComponentFile file = build.file(args.file(), args.url(), args.sha256(), false);
    OnnxFile onnx = GraphFiles.onnx(build, file);
    Set<String> names = new LinkedHashSet<>();
    outputs.forEach((feature, output) -> names.add(output.named(feature)));
    return new OnnxBackbone(
        new ImportedGraph(
            GraphFiles.checked(build, "outputs", file, () -> onnx.graph(args.input(), names)),
            file.sha256(),
            Boolean.TRUE.equals(args.oneByOne()),
            build.path() + ".outputs"),
        outputs,
        divisibility);
  }

  @Override
  public FeatureMaps forward(Forward f, NDArray image) {
    Shape in = image.getShape();
    Map<String, Shape> shapes = new LinkedHashMap<>();
    outputs.forEach(
        (feature, output) ->
            shapes.put(
                output.named(feature),
                new Shape(
                    in.get(0),
                    output.channels(),
                    in.get(2) / output.stride(),
                    in.get(3) / output.stride())));
    Map<String, NDArray> found = graph.run(f, image, shapes);
    Map<String, NDArray> maps = new LinkedHashMap<>();
    outputs.forEach(
        (feature, output) -> {
          NDArray map = found.get(output.named(feature));
          if (map != null) {
            maps.put(feature, map.toType(DataType.FLOAT32, false));
          }
        });
    return new FeatureMaps(maps);
  }

  @Override
  public Map<String, ShapeSpec> outputShape() {
    return GraphOutput.specs(outputs);
  }

  @Override
  public int sizeDivisibility() {
    return sizeDivisibility;
  }
}
