package dev.millrace.components.engine;

import static dev.millrace.components.testing.TreeBinder.node;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import dev.millrace.components.ConfigException;
import dev.millrace.components.image.Frame;
import dev.millrace.components.modeling.Backbone;
import dev.millrace.components.modeling.Detections;
import dev.millrace.components.modeling.Detector;
import dev.millrace.components.modeling.ModelConfig;
import dev.millrace.components.modeling.Stage;
import dev.millrace.components.modeling.Values;
import dev.millrace.components.testing.OnnxModels;
import dev.millrace.components.testing.TreeBinder;
import dev.millrace.components.trace.OnnxWriter;
import dev.millrace.components.trace.Trace;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Backbones that are ONNX files among components that are blocks. */
class OnnxBackboneTest extends GraphComponents {

  private static Map<String, Object> resNet() {
    return node(
        "Fpn",
        "bottomUp",
        node(
            "ResNet",
            "depth",
            18,
            "stemOutChannels",
            8,
            "res2OutChannels",
            8,
            "outFeatures",
            List.of("res2", "res3")),
        "inFeatures",
        List.of("res2", "res3"),
        "outChannels",
        8);
  }

  /** A backbone of blocks as an ONNX file, weights and all. */
  private static byte[] export(Backbone backbone, Weights weights) throws IOException {
    Values values = new Values();
    Stage stage =
        new Stage(
            "backbone",
            "",
            (f, v) ->
                backbone
                    .forward(f, v.get("image"))
                    .maps()
                    .forEach((name, map) -> v.put("map." + name, map)));
    Trace trace =
        Tracing.trace(
            List.of(stage),
            Map.of("image", new Part.Spec(DataType.FLOAT32, new Shape(1, 3, 64, 64))),
            values);
    backbone.outputShape().keySet().forEach(name -> trace.output(name, values.get("map." + name)));
    ModelProto.Builder model =
        ModelProto.parseFrom(OnnxWriter.write(trace, new BitSet(), false)).toBuilder();
    GraphProto.Builder graph = model.getGraphBuilder();
    for (Map.Entry<Parameter, Integer> parameter : trace.parameters().entrySet()) {
      var data = weights.get(parameter.getKey()).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
      float[] floats = new float[data.remaining()];
      data.get(floats);
      String name = OnnxWriter.parameterName(parameter.getValue());
      TensorProto inside =
          OnnxModels.tensor(name, parameter.getKey().getShape().getShape(), floats);
      for (int i = 0; i < graph.getInitializerCount(); i++) {
        if (graph.getInitializer(i).getName().equals(name)) {
          graph.setInitializer(i, inside);
        }
      }
    }
    return model.build().toByteArray();
  }

  /** The backbone of blocks, and what detects with it as a file. */
  private Map<String, Object> exported() throws IOException {
    byte[] bytes;
    try (Detector own = factory.build(rcnn(resNet(), 0.05), CPU, 1, List.of()).get(0)) {
      bytes = export(backbone(own), parts(own).weights());
    }
    return file("OnnxBackbone", bytes, "outputs", Map.of("p2", output(4, 8), "p3", output(8, 8)));
  }

  @Test
  void anOnnxBackboneIsMergedIntoTheSegmentAndGivesTheNumbersOfItsBlocks() throws IOException {
    Map<String, Object> graph = exported();
    try (Detector own = factory.build(rcnn(resNet(), 0.05), CPU, 1, List.of()).get(0);
        Detector merged = factory.build(rcnn(graph, 0.05), CPU, 1, List.of()).get(0)) {
      Plan plan =
          Plan.of(((LoadedModel) merged).architecture(), false, 64, 96, LoadedModel.RESULTS);
      assertThat(plan.groups()).singleElement().matches(Plan.Group::compiled);
      assertThat(merged.plan())
          .contains("normalize > backbone > proposal_generator > roi_heads")
          .contains("with an ONNX file of opset 17");
      for (int[] size : new int[][] {{96, 72}, {72, 96}, {64, 64}, {300, 200}}) {
        List<Frame> frames = List.of(frame(1, size[0], size[1]), frame(2, size[0], size[1]));
        same(merged.detect(frames), own.detect(frames));
      }
      assertThat(merged.nativeBytes())
          .as("weights are shared as those of blocks are; short vectors are constants")
          .isBetween(own.nativeBytes() * 9 / 10, own.nativeBytes());
      assertThat(merged.weightsHash()).isNotEqualTo(own.weightsHash());
    }
  }

  @Test
  void inEagerModeTheGraphAloneIsCompiled() throws IOException {
    Map<String, Object> graph = exported();
    try (Detector compiled = factory.build(rcnn(graph, 0.05), CPU, 1, List.of()).get(0);
        Detector eager = factory.build(rcnn(graph, 0.05), EAGER, 1, List.of()).get(0)) {
      assertThat(eager.plan().lines().filter(line -> line.matches(" [0-9]  .*")))
          .satisfiesExactly(
              one -> assertThat(one).contains("eager     normalize"),
              two -> assertThat(two).contains("segment   backbone"),
              three -> assertThat(three).contains("eager     proposal_generator > roi_heads"));
      List<Frame> frames = List.of(frame(1, 96, 72));
      same(eager.detect(frames), compiled.detect(frames));
    }
  }

  @Test
  void anotherThresholdSharesTheWeightsOfTheFile() throws IOException {
    Map<String, Object> graph = exported();
    Detector old = factory.build(rcnn(graph, 0.05), CPU, 1, List.of()).get(0);
    Detector fresh = factory.build(rcnn(graph, 0.9), CPU, 1, List.of(old)).get(0);
    assertThat(backbone(fresh)).isSameAs(backbone(old));
    Parameter brought = backbone(fresh).brought().keySet().iterator().next();
    assertThat(parts(fresh).weights().tensor(brought))
        .isSameAs(parts(old).weights().tensor(brought));
    old.close();
    assertThat(fresh.detect(List.of(frame(1, 96, 72)))).hasSize(1);
    fresh.close();
  }

  @Test
  void anotherFileSharesNothingThoughNamesAndShapesAreTheSame() throws IOException {
    Detector old = factory.build(rcnn(convolution(1), 0), CPU, 1, List.of()).get(0);
    List<Detections> before = old.detect(List.of(frame(1, 96, 72)));
    Map<String, Object> another = convolution(2);
    Detector fresh = factory.build(rcnn(another, 0), CPU, 1, List.of(old)).get(0);
    try (Detector alone = factory.build(rcnn(another, 0), CPU, 1, List.of()).get(0)) {
      same(fresh.detect(List.of(frame(1, 96, 72))), alone.detect(List.of(frame(1, 96, 72))));
    }
    assertThat(fresh.detect(List.of(frame(1, 96, 72)))).isNotEqualTo(before);
    assertThat(fresh.weightsHash()).isNotEqualTo(old.weightsHash());
    old.close();
    fresh.close();
  }

  @Test
  void whatIsSaidWronglyOfAGraphIsRefusedWhenItWarms() throws IOException {
    byte[] bytes = two(1, 0).bytes();
    refused(file("OnnxBackbone", bytes, "outputs", Map.of("p2", output(8, 8), "p3", output(16, 8))))
        .hasMessageContaining("model.architecture.backbone.outputs")
        .hasMessageMatching(".*'p[23]' of the graph has the shape .*, expected .*");
    refused(file("OnnxBackbone", bytes, "outputs", Map.of("p2", output(4, 8), "p4", output(8, 8))))
        .hasMessageContaining("model.architecture.backbone.outputs: graph.onnx: no node gives 'p4'")
        .hasMessageContaining("Did you mean p2 or p3?");
  }

  @Test
  void aFileNeedsItsHashAndMustHaveIt() throws IOException {
    Map<String, Object> backbone = convolution(1);
    Map<String, Object> hashless = new LinkedHashMap<>(backbone);
    hashless.remove("sha256");
    refused(hashless)
        .hasMessageContaining("model.architecture.backbone.sha256: expected the hash of the file");
    Map<String, Object> crooked = new LinkedHashMap<>(backbone);
    crooked.put("sha256", "0f");
    refused(crooked)
        .hasMessageContaining("model.architecture.backbone.sha256: expected 64 hex digits");
    Files.write(folder.resolve("graph.onnx"), two(3, 0).bytes());
    refused(backbone).hasMessageContaining("changed while it was read");
  }

  @Test
  void aFileThatIsNoOnnxIsRefusedAtItsKey() throws IOException {
    refused(file("OnnxBackbone", new byte[] {1, 2, 3}, "outputs", Map.of("p2", output(4, 8))))
        .hasMessageContaining(
            "model.architecture.backbone.file: graph.onnx: expected an ONNX model");
  }

  @Test
  void aGraphOfOneImageTakesABatchOneByOne() throws IOException {
    byte[] single =
        new OnnxModels(11)
            .input("image", 1, 3, 0, 0)
            .output("p2", 1, 8, 0, 0)
            .output("p3", 1, 8, 0, 0)
            .floats("w2", new long[] {8, 3, 4, 4}, weights(1, 384))
            .floats("w3", new long[] {8, 8, 2, 2}, weights(2, 256))
            .longs("flat", 1, -1)
            .node("Shape", "image", "shape")
            .node("Reshape", "image flat", "row")
            .longs("first", 0)
            .longs("last", 4)
            .longs("one", 1)
            .node("Slice", "shape one last", "tail")
            .node("Concat", "one tail", "back", "axis", 0)
            .node("Reshape", "row back", "again")
            .node("Conv", "again w2", "p2", "strides", new long[] {4, 4})
            .node("Conv", "p2 w3", "p3", "strides", new long[] {2, 2})
            .bytes();
    Map<String, Object> outputs = Map.of("p2", output(4, 8), "p3", output(8, 8));
    refused(file("OnnxBackbone", single, "outputs", outputs))
        .hasMessageContaining("set oneByOne: true");
    List<Frame> frames = List.of(frame(1, 96, 72), frame(2, 96, 72), frame(3, 96, 72));
    List<Detections> expected;
    try (Detector together = factory.build(rcnn(convolution(1), 0), CPU, 1, List.of()).get(0)) {
      expected = together.detect(frames);
    }
    Map<String, Object> backbone =
        file("OnnxBackbone", single, "outputs", outputs, "oneByOne", true);
    try (Detector oneByOne = factory.build(rcnn(backbone, 0), CPU, 1, List.of()).get(0)) {
      same(oneByOne.detect(frames), expected);
      assertThat(oneByOne.plan().lines().filter(l -> l.contains("segment"))).hasSize(1);
    }
  }

  @Test
  void itCannotBeTrained() throws IOException {
    ModelConfig model = rcnn(convolution(1), 0);
    assertThatThrownBy(
            () ->
                LearningDetector.of(
                    model,
                    LearningDetector.configured(model, finder),
                    name -> false,
                    "cpu",
                    registries,
                    new TreeBinder()))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(
            "model.architecture.backbone: a component that runs a file of its own")
        .hasMessageContaining("cannot be trained");
  }
}
