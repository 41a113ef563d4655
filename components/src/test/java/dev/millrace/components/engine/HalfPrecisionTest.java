package dev.millrace.components.engine;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import dev.millrace.components.checkpoint.ElementType;
import dev.millrace.components.checkpoint.Tensor;
import dev.millrace.components.modeling.MetaArchitecture;
import dev.millrace.components.modeling.Stage;
import dev.millrace.components.modeling.Values;
import dev.millrace.components.testing.D2Go;
import dev.millrace.components.testing.OnnxModels;
import dev.millrace.components.trace.OnnxFile;
import dev.millrace.components.trace.OnnxGraph;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Half precision as it is written; a CPU computes it through casts, so numbers can be compared
 * without a GPU.
 */
class HalfPrecisionTest {

  @Test
  void agreesWithSinglePrecisionToThreeDigits() {
    D2Go d2go = new D2Go(10);
    List<Stage> stages = d2go.model.stages().subList(0, 2);
    Map<String, HostArray> given = new LinkedHashMap<>();
    HostArray pixels = HostArray.zeros(DataType.UINT8, new Shape(2, 3, 64, 96));
    for (int i = 0; i < pixels.data().capacity(); i++) {
      pixels.data().put(i, (byte) (i * 37 % 251));
    }
    given.put(MetaArchitecture.PIXELS, pixels);
    given.put(
        MetaArchitecture.SIZES, HostArray.floats(new float[] {64, 96, 64, 96}, new Shape(2, 2)));
    Map<String, Part.Spec> specs = new LinkedHashMap<>();
    given.forEach((name, array) -> specs.put(name, new Part.Spec(array.type(), array.shape())));
    Tracing.trace(stages, specs, new Values());
    Map<Parameter, Tensor> values = new LinkedHashMap<>();
    d2go.backbone.parameters().forEach((name, p) -> values.put(p, RandomWeights.of(name, p, 7)));
    Weights weights = new Weights(values);

    float[] single = run(stages, given, weights, false);
    float[] half = run(stages, given, weights, true);
    weights.release();

    double difference = 0;
    double norm = 0;
    for (int i = 0; i < single.length; i++) {
      difference += Math.pow(single[i] - half[i], 2);
      norm += Math.pow(single[i], 2);
    }
    assertThat(norm).isPositive();
    assertThat(Math.sqrt(difference / norm)).isBetween(1e-6, 2e-2);
  }

  @Test
  void aProductOfAValueWithItselfIsCastOnce() {
    Stage square = new Stage("test", "test", (f, v) -> v.put("y", v.get("x").matMul(v.get("x"))));
    Weights none = new Weights(Map.of());
    try (Segment segment =
        new Segment(
            List.of(square), Set.of("x"), Set.of("y"), none, new Target(false, -1, true, 1))) {
      HostArray x = HostArray.floats(new float[] {1, 2, 3, 4}, new Shape(2, 2));
      assertThat(segment.run(Map.of("x", x)).get("y").floats()).containsExactly(7, 10, 15, 22);
    }
    none.release();
  }

  /** Its weights tell that a node of a file computes in fp32; of others nobody knows the types. */
  @Test
  void ofAFileWhatHasWeightsIsNarrowed() {
    float[] kernel = new float[3 * 32 * 4];
    for (int i = 0; i < kernel.length; i++) {
      kernel[i] = (i % 11 - 5) / 7f;
    }
    byte[] file =
        new OnnxModels(13)
            .input("x", 0, 3, 0, 0)
            .output("y")
            .floats("w", new long[] {32, 3, 2, 2}, kernel)
            .floats("b", new long[] {32}, new float[32])
            .node("Conv", "x w b", "a")
            .node("Transpose", "a", "t", "perm", new long[] {0, 1, 3, 2})
            .node("MatMul", "a t", "y")
            .bytes();
    OnnxGraph graph = OnnxFile.read(file).graph(null, Set.of("y"));
    Map<Parameter, Tensor> values = new LinkedHashMap<>();
    graph
        .weights()
        .forEach(
            (p, data) ->
                values.put(p, new Tensor(ElementType.FLOAT32, p.getShape().getShape(), data)));
    Weights weights = new Weights(values);
    Stage stage =
        new Stage(
            "test",
            "test",
            (f, v) ->
                graph
                    .run(
                        v.get("x"),
                        f::value,
                        List.of(new OnnxGraph.Wanted("y", new Shape(1, 32, 3, 3), "test")))
                    .forEach((name, y) -> v.put("y", y)));
    HostArray x = HostArray.zeros(DataType.FLOAT32, new Shape(1, 3, 4, 5));
    for (int i = 0; i < 60; i++) {
      x.data().putFloat(4 * i, (i * 37 % 41 - 20) / 19f);
    }
    float[][] found = new float[2][];
    for (int half = 0; half < 2; half++) {
      try (Segment segment =
          new Segment(
              List.of(stage),
              Set.of("x"),
              Set.of("y"),
              weights,
              new Target(false, -1, half == 1, 1))) {
        found[half] = segment.run(Map.of("x", x)).get("y").floats();
      }
    }
    weights.release();
    double difference = 0;
    double norm = 0;
    for (int i = 0; i < found[0].length; i++) {
      difference += Math.pow(found[0][i] - found[1][i], 2);
      norm += Math.pow(found[0][i], 2);
    }
    assertThat(Math.sqrt(difference / norm)).isBetween(1e-6, 2e-2);
  }

  private static float[] run(
      List<Stage> stages, Map<String, HostArray> given, Weights weights, boolean half) {
    try (Segment segment =
        new Segment(
            stages,
            given.keySet(),
            Set.of("features.trunk3"),
            weights,
            new Target(false, -1, half, 2))) {
      return segment.run(given).get("features.trunk3").floats();
    }
  }
}
