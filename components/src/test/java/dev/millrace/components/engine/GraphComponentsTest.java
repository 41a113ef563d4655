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
import dev.millrace.components.Registries;
import dev.millrace.components.checkpoint.Sha256;
import dev.millrace.components.checkpoint.WeightsConfig;
import dev.millrace.components.checkpoint.WeightsStore;
import dev.millrace.components.image.Frame;
import dev.millrace.components.modeling.Backbone;
import dev.millrace.components.modeling.Detection;
import dev.millrace.components.modeling.Detections;
import dev.millrace.components.modeling.Detector;
import dev.millrace.components.modeling.ModelConfig;
import dev.millrace.components.modeling.Stage;
import dev.millrace.components.modeling.Values;
import dev.millrace.components.standard.StandardComponents;
import dev.millrace.components.testing.OnnxModels;
import dev.millrace.components.testing.TorchScript;
import dev.millrace.components.testing.TreeBinder;
import dev.millrace.components.testing.TwoLevels;
import dev.millrace.components.trace.OnnxWriter;
import dev.millrace.components.trace.Trace;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Components that are files: backbones and detectors among those that are blocks. */
class GraphComponentsTest {

  private static final EngineConfig CPU = new EngineConfig("compiled", "cpu", "fp32", 1);
  private static final EngineConfig EAGER = new EngineConfig("eager", "cpu", "fp32", 1);

  @TempDir private Path folder;
  private boolean trusted;
  private long open;

  /** Files of the folder, by name. */
  private final WeightsFinder finder =
      new WeightsFinder() {
        @Override
        public Optional<WeightsStore.Found> find(WeightsConfig config) {
          return Optional.empty();
        }

        @Override
        public Optional<WeightsStore.Found> find(WeightsConfig config, String path) {
          return Optional.of(
              new WeightsStore.Found(
                  folder.resolve(String.valueOf(config.file())), String.valueOf(config.sha256())));
        }

        @Override
        public boolean trustsCode() {
          return trusted;
        }
      };

  private final Registries registries = StandardComponents.registries();
  private final DetectorFactory factory = new DetectorFactory(registries, new TreeBinder(), finder);

  @BeforeEach
  void count() {
    open = Natives.createdCount() - Natives.closedCount();
  }

  @AfterEach
  void everythingIsClosed() {
    assertThat(Natives.createdCount() - Natives.closedCount()).isEqualTo(open);
  }

  private Map<String, Object> file(String component, byte[] bytes, Object... more)
      throws IOException {
    Files.write(folder.resolve("graph.onnx"), bytes);
    Map<String, Object> node = node(component, more);
    node.put("file", "graph.onnx");
    node.put("sha256", Sha256.of(bytes));
    return node;
  }

  private static Map<String, Object> output(int stride, int channels) {
    return Map.of("stride", stride, "channels", channels);
  }

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

  private static ModelConfig rcnn(Map<String, Object> backbone, double scoreThreshold) {
    Map<String, Object> architecture = TwoLevels.architecture(backbone, scoreThreshold);
    architecture.put("pixelStd", List.of(50, 50, 50));
    return model(architecture, node("ResizeShortestEdge", "minSize", 64), List.of("**"));
  }

  private static ModelConfig model(
      Map<String, Object> architecture, Map<String, Object> preprocessor, List<String> initialize) {
    return new ModelConfig(
        TreeBinder.config("model.preprocessor", preprocessor),
        TreeBinder.config("model.architecture", architecture),
        TreeBinder.config("model.postprocessor", node("DetectionPostprocessor")),
        List.of(
            new ModelConfig.ObjectClass("cat", 1),
            new ModelConfig.ObjectClass("dog", 2),
            new ModelConfig.ObjectClass("cow", 3)),
        new WeightsConfig(null, null, null, initialize, null, 42L, null));
  }

  private static Frame frame(int seed, int width, int height) {
    byte[] pixels = new byte[3 * width * height];
    new Random(seed).nextBytes(pixels);
    return new Frame(width, height, pixels);
  }

  private static SharedParts parts(Detector detector) {
    return ((LoadedModel) detector).parts();
  }

  private static Backbone backbone(Detector detector) {
    return ((LoadedModel) detector)
        .components().entrySet().stream()
            .filter(e -> e.getKey().path().equals("model.architecture.backbone"))
            .map(e -> (Backbone) e.getValue())
            .findFirst()
            .orElseThrow();
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

  private static void same(List<Detections> found, List<Detections> expected) {
    assertThat(found).hasSameSizeAs(expected);
    for (int n = 0; n < found.size(); n++) {
      List<Detection> a = found.get(n).objects();
      List<Detection> b = expected.get(n).objects();
      assertThat(b).isNotEmpty();
      assertThat(a).hasSameSizeAs(b);
      for (int i = 0; i < a.size(); i++) {
        assertThat(a.get(i).classId()).isEqualTo(b.get(i).classId());
        assertThat(a.get(i).score()).isCloseTo(b.get(i).score(), Offset.offset(1e-5f));
        assertThat(a.get(i).x1()).isCloseTo(b.get(i).x1(), Offset.offset(1e-2f));
        assertThat(a.get(i).y2()).isCloseTo(b.get(i).y2(), Offset.offset(1e-2f));
      }
    }
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

  private static float[] weights(int seed, int count) {
    Random random = new Random(seed);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian() / 8;
    }
    return values;
  }

  /** Two convolutions without overlap, of strides 4 and 8. */
  private static OnnxModels two(int seed, long images) {
    return new OnnxModels(11)
        .input("image", images, 3, 0, 0)
        .output("p2", images, 8, 0, 0)
        .output("p3", images, 8, 0, 0)
        .floats("w2", new long[] {8, 3, 4, 4}, weights(seed, 384))
        .floats("w3", new long[] {8, 8, 2, 2}, weights(seed + 1, 256))
        .node("Conv", "image w2", "p2", "strides", new long[] {4, 4})
        .node("Conv", "p2 w3", "p3", "strides", new long[] {2, 2});
  }

  private Map<String, Object> convolution(int seed) throws IOException {
    return file(
        "OnnxBackbone",
        two(seed, 0).bytes(),
        "outputs",
        Map.of("p2", output(4, 8), "p3", output(8, 8)));
  }

  private static org.assertj.core.api.AbstractThrowableAssert<?, ? extends Throwable> refused(
      DetectorFactory factory, Map<String, Object> backbone) {
    return assertThatThrownBy(() -> factory.build(rcnn(backbone, 0), CPU, 1, List.of()))
        .isInstanceOf(ConfigException.class);
  }

  @Test
  void whatIsSaidWronglyOfAGraphIsRefusedWhenItWarms() throws IOException {
    byte[] bytes = two(1, 0).bytes();
    refused(
            factory,
            file("OnnxBackbone", bytes, "outputs", Map.of("p2", output(8, 8), "p3", output(16, 8))))
        .hasMessageContaining("model.architecture.backbone.outputs")
        .hasMessageMatching(".*'p[23]' of the graph has the shape .*, expected .*");
    refused(
            factory,
            file("OnnxBackbone", bytes, "outputs", Map.of("p2", output(4, 8), "p4", output(8, 8))))
        .hasMessageContaining("model.architecture.backbone.outputs: graph.onnx: no node gives 'p4'")
        .hasMessageContaining("Did you mean p2 or p3?");
  }

  @Test
  void aFileNeedsItsHashAndMustHaveIt() throws IOException {
    Map<String, Object> backbone = convolution(1);
    Map<String, Object> hashless = new LinkedHashMap<>(backbone);
    hashless.remove("sha256");
    refused(factory, hashless)
        .hasMessageContaining("model.architecture.backbone.sha256: expected the hash of the file");
    Map<String, Object> crooked = new LinkedHashMap<>(backbone);
    crooked.put("sha256", "0f");
    refused(factory, crooked)
        .hasMessageContaining("model.architecture.backbone.sha256: expected 64 hex digits");
    Files.write(folder.resolve("graph.onnx"), two(3, 0).bytes());
    refused(factory, backbone).hasMessageContaining("changed while it was read");
  }

  @Test
  void aFileThatIsNoOnnxIsRefusedAtItsKey() throws IOException {
    refused(
            factory,
            file("OnnxBackbone", new byte[] {1, 2, 3}, "outputs", Map.of("p2", output(4, 8))))
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
    refused(factory, file("OnnxBackbone", single, "outputs", outputs))
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

  @Test
  void aDetectorThatGivesBoxesAlready() throws IOException {
    // Three rows whose boxes and scores hang on the image's mean: rows below the threshold, too.
    byte[] bytes =
        new OnnxModels(13)
            .input("image", 0, 3, 32, 48)
            .output("found", 0, 3, 4)
            .output("scores", 0, 3)
            .output("classes", 0, 3)
            .floats("base", new long[] {1, 3, 4}, 1, 2, 11, 22, 0, 0, 48, 32, 20, 10, 30, 31)
            .floats("trust", new long[] {1, 3}, 0.5f, 0.02f, 0.9f)
            .floats("kinds", new long[] {1, 3}, 2, 0, 1)
            .floats("none", new long[] {1}, 0)
            .node("ReduceMean", "image", "mean", "axes", new long[] {1, 2, 3}, "keepdims", 1)
            .node("Mul", "mean none", "zero4")
            .longs("axis", 3)
            .node("Squeeze", "zero4 axis", "zero3")
            .longs("two", 2)
            .node("Squeeze", "zero3 two", "zero2")
            .node("Add", "base zero3", "found")
            .node("Add", "trust zero2", "scores")
            .node("Add", "kinds zero2", "classes")
            .bytes();
    Map<String, Object> detector =
        file("OnnxDetector", bytes, "decoder", node("Boxes", "boxes", "found"));
    ModelConfig model = model(detector, node("LetterboxResize", "height", 32, "width", 48), null);
    try (Detector built = factory.build(model, CPU, 1, List.of()).get(0)) {
      List<Detections> found = built.detect(List.of(frame(1, 96, 64), frame(2, 96, 64)));
      for (Detections each : found) {
        assertThat(each.objects())
            .containsExactly(
                new Detection(40, 20, 60, 62, 1, "dog", 0.9f),
                new Detection(2, 4, 22, 44, 2, "cow", 0.5f));
      }
      assertThat(built.plan()).contains("prepare > graph > decoder");
      assertThat(built.weightsHash()).isEqualTo(detector.get("sha256"));
    }
    ModelConfig tooLarge = model(detector, node("ResizeShortestEdge", "minSize", 64), null);
    assertThatThrownBy(() -> factory.build(tooLarge, CPU, 1, List.of()))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("model.preprocessor")
        .hasMessageContaining("{name: LetterboxResize, height: 32, width: 48}");
  }

  @Test
  void paddingIsFilledAndChannelsAreTurnedBeforeTheGraphSeesThem() throws IOException {
    // What the graph sees at chosen places is what it gives as scores.
    byte[] bytes =
        new OnnxModels(13)
            .input("image", 0, 3, 4, 4)
            .output("boxes", 0, 48, 4)
            .output("scores", 0, 48)
            .output("classes", 0, 48)
            .longs("rows", 0, 48)
            .floats("unit", new long[] {1, 1, 4}, 0, 0, 1, 1)
            .floats("none", new long[] {1}, 0)
            .node("Reshape", "image rows", "scores")
            .node("Mul", "scores none", "classes")
            .longs("two", 2)
            .node("Unsqueeze", "classes two", "column")
            .node("Add", "column unit", "boxes")
            .bytes();
    Map<String, Object> detector =
        file(
            "OnnxDetector",
            bytes,
            "decoder",
            node("Boxes"),
            "padValue",
            114,
            "channelOrder",
            "rgb",
            "pixelMean",
            List.of(100, 10, 1),
            "pixelStd",
            List.of(1000, 1000, 1000),
            "scoreThresh",
            0);
    ModelConfig model = model(detector, node("LetterboxResize", "height", 4, "width", 4), null);
    try (Detector built = factory.build(model, CPU, 1, List.of()).get(0)) {
      byte[] bgr = new byte[3 * 4 * 2];
      for (int i = 0; i < bgr.length; i += 3) {
        bgr[i] = 30;
        bgr[i + 1] = 20;
        bgr[i + 2] = (byte) 200;
      }
      List<Detection> found = built.detect(List.of(new Frame(4, 2, bgr))).get(0).objects();
      Map<Float, Long> counts = new java.util.TreeMap<>();
      found.forEach(d -> counts.merge(d.score(), 1L, Long::sum));
      // 8 cells of the picture and 8 of padding in each channel: red less 100, and so on.
      assertThat(counts)
          .isEqualTo(Map.of(0.1f, 8L, 0.01f, 8L, 0.029f, 8L, 0.014f, 8L, 0.104f, 8L, 0.113f, 8L));
    }
  }

  @Test
  void aTorchScriptBackboneIsAnEagerPartAmongCompiledOnes() throws IOException {
    trusted = true;
    byte[] script = TorchScript.convolutions(weights(1, 384), weights(2, 256));
    Map<String, Object> backbone =
        file(
            "TorchScriptBackbone",
            script,
            "outputs",
            Map.of(
                "p2", Map.of("output", "0", "stride", 4, "channels", 8),
                "p3", Map.of("output", "1", "stride", 8, "channels", 8)));
    try (Detector torch = factory.build(rcnn(backbone, 0), CPU, 1, List.of()).get(0);
        Detector onnx = factory.build(rcnn(convolution(1), 0), CPU, 1, List.of()).get(0)) {
      assertThat(torch.plan())
          .contains("segment   normalize")
          .contains("eager     backbone   PyTorch")
          .contains(
              "because backbone (TorchScriptBackbone) calls PyTorch's interpreter of TorchScript,"
                  + " which has no traced form, at TorchScriptBackbone.java:")
          .contains("segment   proposal_generator > roi_heads");
      List<Frame> frames = List.of(frame(1, 96, 72), frame(2, 96, 72));
      same(torch.detect(frames), onnx.detect(frames));
    }
  }

  @Test
  void aTorchScriptFileMustBeTrustedAndGiveWhatIsSaid() throws IOException {
    byte[] script = TorchScript.convolutions(weights(1, 384), weights(2, 256));
    Map<String, Object> wrong =
        file(
            "TorchScriptBackbone",
            script,
            "outputs",
            Map.of(
                "p2", Map.of("output", "0", "stride", 4, "channels", 8),
                "p3", Map.of("output", "2", "stride", 8, "channels", 8)));
    refused(factory, wrong)
        .hasMessageContaining("model.architecture.backbone.file: the file brings code of its own")
        .hasMessageContaining("MILLRACE_TRUST_CODE=true");
    trusted = true;
    refused(factory, wrong).hasMessageContaining("gives no '2', but 2 tensors");
    refused(
            factory,
            file(
                "TorchScriptBackbone",
                script,
                "outputs",
                Map.of(
                    "p2", Map.of("output", "0", "stride", 4, "channels", 9),
                    "p3", Map.of("output", "1", "stride", 8, "channels", 9))))
        .hasMessageContaining("expected (1, 9, ");
    refused(
            factory,
            file(
                "TorchScriptBackbone",
                new byte[] {1, 2, 3},
                "outputs",
                Map.of(
                    "p2", Map.of("output", "0", "stride", 4, "channels", 8),
                    "p3", Map.of("output", "1", "stride", 8, "channels", 8))))
        .hasMessageContaining("PyTorch cannot load the TorchScript file");
  }
}
