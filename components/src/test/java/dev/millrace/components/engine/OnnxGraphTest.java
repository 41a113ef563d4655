package dev.millrace.components.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtSession;
import dev.millrace.components.ConfigException;
import dev.millrace.components.checkpoint.ElementType;
import dev.millrace.components.checkpoint.Tensor;
import dev.millrace.components.modeling.Stage;
import dev.millrace.components.testing.OnnxModels;
import dev.millrace.components.trace.OnnxFile;
import dev.millrace.components.trace.OnnxGraph;
import java.nio.FloatBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Graphs of files within segments: they give what ONNX Runtime makes of the file by itself. */
class OnnxGraphTest {

  private static final Shape IMAGE = new Shape(2, 3, 6, 8);

  private long open;

  @BeforeEach
  void count() {
    open = Natives.createdCount() - Natives.closedCount();
  }

  @AfterEach
  void everythingIsClosed() {
    assertThat(Natives.createdCount() - Natives.closedCount()).isEqualTo(open);
  }

  private static float[] random(long count, long seed) {
    Random random = new Random(seed);
    float[] values = new float[(int) count];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  /** The file by itself. */
  private static OnnxTensor alone(byte[] file, float[] image) throws Exception {
    Engines.onnxRuntime();
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    try (OrtSession session = environment.createSession(file);
        OnnxTensor x =
            OnnxTensor.createTensor(environment, FloatBuffer.wrap(image), IMAGE.getShape());
        OrtSession.Result result = session.run(Map.of("x", x))) {
      OnnxTensor y = (OnnxTensor) result.get(0);
      return OnnxTensor.createTensor(environment, y.getFloatBuffer(), y.getInfo().getShape());
    }
  }

  private static Weights weights(OnnxGraph graph) {
    Map<Parameter, Tensor> values = new LinkedHashMap<>();
    graph
        .weights()
        .forEach(
            (p, data) ->
                values.put(p, new Tensor(ElementType.FLOAT32, p.getShape().getShape(), data)));
    return new Weights(values);
  }

  private static HostArray within(byte[] file, float[] image, Shape promised) {
    OnnxGraph graph = OnnxFile.read(file).graph(null, Set.of("y"));
    return within(graph, image, IMAGE, promised, x -> x);
  }

  private static HostArray within(
      OnnxGraph graph, float[] image, Shape shape, Shape promised, UnaryOperator<NDArray> after) {
    Weights weights = weights(graph);
    Stage stage =
        new Stage(
            "graph",
            "test",
            (f, v) ->
                graph
                    .run(
                        v.get("x").mul(1f),
                        f::value,
                        List.of(new OnnxGraph.Wanted("y", promised, "model.graph")))
                    .forEach((name, y) -> v.put("result", after.apply(y).add(0f))));
    try (Segment segment =
        new Segment(List.of(stage), Set.of("x"), Set.of("result"), weights, Models.CPU)) {
      HostArray found = segment.run(Map.of("x", HostArray.floats(image, shape))).get("result");
      float[] copy = found.floats();
      return HostArray.floats(copy, found.shape());
    } finally {
      weights.release();
    }
  }

  private static OnnxModels model(int opset) {
    return new OnnxModels(opset).input("x", 0, 3, 0, 0).output("y");
  }

  private static Arguments of(String name, OnnxModels model) {
    return Arguments.of(name, model.bytes());
  }

  static Stream<Arguments> files() {
    float[] kernel = random(3 * 40 * 9, 5);
    return Stream.of(
        of(
            "Slice of 9",
            model(9)
                .node(
                    "Slice",
                    "x",
                    "y",
                    "starts",
                    new long[] {1, 2},
                    "ends",
                    new long[] {3, 8},
                    "axes",
                    new long[] {1, 3})),
        of(
            "Slice of 7 without axes",
            model(7)
                .node("Slice", "x", "y", "starts", new long[] {0, 1}, "ends", new long[] {2, 3})),
        of("TopK of 9", model(9).node("TopK", "x", "y i", "k", 2, "axis", 3)),
        of("Clip of 7", model(7).node("Clip", "x", "y", "min", -0.5f, "max", 0.25f)),
        of("Clip of 7 from below", model(7).node("Clip", "x", "y", "min", 0.1f)),
        of("Clip of 7 from above", model(7).node("Clip", "x", "y", "max", 0.1f)),
        of(
            "Pad of 10",
            model(10)
                .node("Pad", "x", "y", "pads", new long[] {0, 0, 1, 2, 0, 0, 3, 0}, "value", 7f)),
        of(
            "Pad of 8 that reflects",
            model(8)
                .node(
                    "Pad",
                    "x",
                    "y",
                    "pads",
                    new long[] {0, 0, 1, 2, 0, 0, 3, 0},
                    "mode",
                    "reflect")),
        of("Dropout of 7", model(7).node("Dropout", "x", "y", "ratio", 0.5f)),
        of(
            "Split of 11",
            model(11).node("Split", "x", "a y", "axis", 3, "split", new long[] {3, 5})),
        of("equal Split of 11", model(11).node("Split", "x", "a y", "axis", 3)),
        of(
            "Squeeze and Unsqueeze of 11",
            model(11)
                .node("ReduceSum", "x", "a", "axes", new long[] {2}, "keepdims", 1)
                .node("Squeeze", "a", "b", "axes", new long[] {2})
                .node("Unsqueeze", "b", "y", "axes", new long[] {0, 4})),
        of(
            "ReduceSum of 12 over all",
            model(12).node("ReduceSum", "x", "a", "keepdims", 1).node("Add", "x a", "y")),
        of("Softmax of 11 by default", model(11).node("Softmax", "x", "y")),
        of("Softmax of 11 over the last", model(11).node("Softmax", "x", "y", "axis", 3)),
        of("Softmax of 12, counted from the end", model(12).node("Softmax", "x", "y", "axis", -1)),
        of("LogSoftmax of 9 over two", model(9).node("LogSoftmax", "x", "y", "axis", 2)),
        of("Softmax of 13", model(13).node("Softmax", "x", "y", "axis", 1)),
        of(
            "Upsample of 7",
            model(7).node("Upsample", "x", "y", "scales", new float[] {1, 1, 2, 3})),
        of(
            "Upsample of 9",
            model(9)
                .floats("s", new long[] {4}, 1, 1, 2, 2)
                .node("Upsample", "x s", "y", "mode", "nearest")),
        of(
            "linear Upsample of 9",
            model(9)
                .floats("s", new long[] {4}, 1, 1, 2, 2)
                .node("Upsample", "x s", "y", "mode", "linear")),
        of(
            "Resize of 11",
            model(11)
                .floats("r", new long[] {0})
                .floats("s", new long[] {4}, 1, 1, 2, 2)
                .node(
                    "Resize",
                    "x r s",
                    "y",
                    "mode",
                    "linear",
                    "coordinate_transformation_mode",
                    "align_corners")),
        of(
            "Scatter of 10",
            model(10)
                .node("Abs", "x", "i")
                .initializer(longs("at", new long[] {1, 3, 1, 1}, 0, 0, 1))
                .floats("u", new long[] {1, 3, 1, 1}, 4, 5, 6)
                .node("Scatter", "i at u", "y", "axis", 2)),
        of(
            "RoiAlign of 10",
            model(10)
                .floats("r", new long[] {2, 4}, 0.3f, 0.6f, 5, 4, 1, 1, 7, 5)
                .longs("b", 0, 1)
                .node(
                    "RoiAlign",
                    "x r b",
                    "y",
                    "output_height",
                    2,
                    "output_width",
                    3,
                    "sampling_ratio",
                    2)),
        of(
            "constants",
            model(13)
                .node(
                    "Constant",
                    "",
                    "a",
                    "value",
                    OnnxModels.tensor("", new long[] {1, 3, 1, 1}, 1, 2, 3))
                .node("Constant", "", "b", "value_float", 0.5f)
                .node("Mul", "x a", "c")
                .node("Add", "c b", "y")),
        of(
            "absent inputs and outputs",
            model(13)
                .longs("sizes", 2, 3, 3, 4)
                .node("Resize", "x - - sizes", "a")
                .node("Dropout", "a - -", "y -")),
        of(
            "an operator of ONNX Runtime",
            model(13)
                .opset("com.microsoft", 1)
                .foreign("com.microsoft", "QuickGelu", "x", "y", "alpha", 1.5f)),
        of(
            "a convolution",
            model(13)
                .floats("w", new long[] {40, 3, 3, 3}, kernel)
                .node("Conv", "x w", "y", "pads", new long[] {1, 1, 1, 1})));
  }

  private static ai.onnx.proto.OnnxMl.TensorProto longs(String name, long[] dims, long... values) {
    var tensor = ai.onnx.proto.OnnxMl.TensorProto.newBuilder().setName(name).setDataType(7);
    for (long dim : dims) {
      tensor.addDims(dim);
    }
    for (long value : values) {
      tensor.addInt64Data(value);
    }
    return tensor.build();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("files")
  void aSegmentGivesWhatTheFileGives(String name, byte[] file) throws Exception {
    float[] image = random(IMAGE.size(), 3);
    try (OnnxTensor expected = alone(file, image)) {
      Shape shape = new Shape(expected.getInfo().getShape());
      HostArray found = within(file, image, shape);
      assertThat(found.shape()).isEqualTo(shape);
      float[] values = new float[(int) shape.size()];
      expected.getFloatBuffer().get(values);
      assertThat(values).hasSizeGreaterThan(2);
      assertThat(found.floats())
          .containsExactly(values, org.assertj.core.data.Offset.offset(1e-5f));
    }
  }

  @Test
  void aShapeThatIsNotWhatWasSaidIsRefusedByName() {
    byte[] file = model(13).node("Relu", "x", "y").bytes();
    assertThatThrownBy(() -> within(file, random(IMAGE.size(), 1), new Shape(2, 3, 3, 4)))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith("model.graph: 'y' of the graph has the shape (2, 3, 6, 8)")
        .hasMessageContaining("expected (2, 3, 3, 4)");
  }

  @Test
  void whatComesAfterIsNotBlamedForAWrongShape() {
    OnnxGraph graph =
        OnnxFile.read(model(13).node("Relu", "x", "y").bytes()).graph(null, Set.of("y"));
    assertThatThrownBy(
            () ->
                within(
                    graph,
                    random(IMAGE.size(), 1),
                    IMAGE,
                    new Shape(2, 3, 3, 4),
                    y -> y.matMul(y.transpose(0, 1, 3, 2)).add(y.get(":, :, :, 0:3"))))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("'y' of the graph has the shape");
  }

  @Test
  void aGraphThatCannotRunIsRefusedInASentence() {
    byte[] file =
        model(13).floats("b", new long[] {5}, 1, 2, 3, 4, 5).node("Add", "x b", "y").bytes();
    assertThatThrownBy(() -> within(file, random(IMAGE.size(), 1), IMAGE))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith(
            "model.graph: ONNX Runtime cannot run the graph over [(2, 3, 6, 8)]");
    byte[] unknown =
        model(13).opset("com.microsoft", 1).foreign("com.microsoft", "Teleport", "x", "y").bytes();
    assertThatThrownBy(() -> within(unknown, random(IMAGE.size(), 1), IMAGE))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith("model.graph: ONNX Runtime refuses the graph: ")
        .hasMessageContaining("Teleport");
  }

  @Test
  void onArraysWithValuesItHasNoForm() {
    OnnxGraph graph =
        OnnxFile.read(model(13).node("Relu", "x", "y").bytes()).graph(null, Set.of("y"));
    try (var manager = Engines.pyTorch().newBaseManager()) {
      assertThatThrownBy(
              () -> graph.run(manager.zeros(IMAGE), p -> manager.zeros(IMAGE), List.of()))
          .isInstanceOf(UnsupportedOperationException.class)
          .hasMessageContaining("runs on ONNX Runtime only");
    }
  }

  @Test
  void largeWeightsAreHandedOverWithoutACopy() {
    float[] kernel = random(3 * 40 * 9, 5);
    OnnxGraph graph =
        OnnxFile.read(
                model(13)
                    .floats("w", new long[] {40, 3, 3, 3}, kernel)
                    .node("Conv", "x w", "y", "pads", new long[] {1, 1, 1, 1})
                    .bytes())
            .graph(null, Set.of("y"));
    Weights weights = weights(graph);
    Parameter only = graph.weights().keySet().iterator().next();
    assertThat(weights.get(only).isDirect()).isTrue();
    assertThat(weights.get(only).getFloat(0)).isEqualTo(kernel[0]);
    graph.weights().get(only).putFloat(0, 42);
    assertThat(weights.get(only).getFloat(0)).as("the same memory").isEqualTo(42);
    weights.release();
  }
}
