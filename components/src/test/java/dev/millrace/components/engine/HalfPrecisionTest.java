package dev.millrace.components.engine;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import dev.millrace.components.checkpoint.Tensor;
import dev.millrace.components.modeling.MetaArchitecture;
import dev.millrace.components.modeling.Stage;
import dev.millrace.components.modeling.Values;
import dev.millrace.components.testing.D2Go;
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
