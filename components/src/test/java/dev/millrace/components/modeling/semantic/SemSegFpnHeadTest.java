package dev.millrace.components.modeling.semantic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.types.Shape;
import dev.millrace.components.ConfigException;
import dev.millrace.components.ShapeSpec;
import dev.millrace.components.engine.TwoForms;
import dev.millrace.components.modeling.FeatureMaps;
import dev.millrace.components.modeling.Norm;
import dev.millrace.components.testing.TestBuild;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SemSegFpnHeadTest {

  private static Map<String, ShapeSpec> shapes(int... strides) {
    Map<String, ShapeSpec> shapes = new LinkedHashMap<>();
    for (int stride : strides) {
      shapes.put("p" + Integer.numberOfTrailingZeros(stride), new ShapeSpec(8, stride));
    }
    return shapes;
  }

  private static float[] random(int count) {
    Random random = new Random(count);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  /** Coarsest first: the order of the configuration is not that of the sum. */
  @Test
  void allLevelsMeetAtTheCommonStride() {
    SemSegFpnHead head = new SemSegFpnHead(shapes(16, 4, 8), 5, 32, 4, Norm.GN);
    Map<String, TwoForms.Result> results =
        new TwoForms()
            .parameters(head, 3)
            .floats("p2", new Shape(2, 8, 8, 12), random(2 * 8 * 8 * 12))
            .floats("p3", new Shape(2, 8, 4, 6), random(2 * 8 * 4 * 6))
            .floats("p4", new Shape(2, 8, 2, 3), random(2 * 8 * 2 * 3))
            .agree(
                1e-4,
                (f, v) ->
                    v.put(
                        "logits",
                        head.forward(
                            f,
                            new FeatureMaps(
                                Map.of("p2", v.get("p2"), "p3", v.get("p3"), "p4", v.get("p4"))))));
    assertThat(results.get("logits").shape()).isEqualTo(new Shape(2, 5, 8, 12));
    assertThat(head.parameters().keySet())
        .containsExactly(
            "p2.0.weight",
            "p2.0.norm.weight",
            "p2.0.norm.bias",
            "p3.0.weight",
            "p3.0.norm.weight",
            "p3.0.norm.bias",
            "p4.0.weight",
            "p4.0.norm.weight",
            "p4.0.norm.bias",
            "p4.2.weight",
            "p4.2.norm.weight",
            "p4.2.norm.bias",
            "predictor.weight",
            "predictor.bias");
  }

  @Test
  void mapsThatCannotMeetAreRefused() {
    TestBuild build = new TestBuild("model.architecture.semSegHead", shapes(4, 8), List.of());
    assertThatThrownBy(
            () ->
                SemSegFpnHead.fromConfig(
                    new SemSegFpnHead.Args(List.of("p2", "p3"), 3, null, 8, null), build))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("semSegHead.commonStride: expected feature maps whose stride is 8")
        .hasMessageContaining("found p2 of stride 4");
    assertThatThrownBy(
            () ->
                SemSegFpnHead.fromConfig(
                    new SemSegFpnHead.Args(List.of("p2", "p7"), 3, null, null, null), build))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("no feature map 'p7'");
  }
}
