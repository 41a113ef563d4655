package dev.millrace.components.modeling.roi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.types.Shape;
import dev.millrace.components.ConfigException;
import dev.millrace.components.ShapeSpec;
import dev.millrace.components.engine.TwoForms;
import dev.millrace.components.modeling.Norm;
import dev.millrace.components.testing.TestBuild;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FastRcnnConvFcHeadTest {

  private static final ShapeSpec POOLED = ShapeSpec.pooled(3, 5, 5);
  private static final TestBuild BUILD =
      new TestBuild("roiHeads.boxHead", Map.of("pooled", POOLED), List.of());

  private static TwoForms pooled() {
    Random random = new Random(1);
    float[] values = new float[4 * 3 * 5 * 5];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextFloat() - 0.5f;
    }
    return new TwoForms().floats("pooled", new Shape(4, 3, 5, 5), values);
  }

  @ParameterizedTest
  @EnumSource(Norm.class)
  void bothFormsAgree(Norm norm) {
    FastRcnnConvFcHead head = new FastRcnnConvFcHead(POOLED, List.of(64, 32), List.of(8, 9), norm);
    var out =
        pooled()
            .parameters(head, 5)
            .agree(1e-5, (f, v) -> v.put("x", head.forward(f, v.get("pooled"))))
            .get("x");
    assertThat(out.shape()).isEqualTo(new Shape(4, 9));
    assertThat(Arrays.stream(out.numbers())).allMatch(x -> x >= 0).anyMatch(x -> x > 0);
    assertThat(head.outputShape()).isEqualTo(ShapeSpec.pooled(9, 1, 1));
    assertThat(head.parameters().keySet())
        .contains("conv1.weight", "conv2.weight", "fc1.weight", "fc1.bias", "fc2.weight")
        .matches(names -> names.contains("conv1.bias") == (norm == Norm.NONE))
        .matches(names -> names.contains("conv2.norm.weight") == (norm != Norm.NONE))
        .matches(
            names ->
                names.contains("conv2.norm.running_var")
                    == (norm == Norm.BN || norm == Norm.FROZEN_BN));
    assertThat(head.parameters().get("fc1.weight").getShape()).isEqualTo(new Shape(8, 32 * 25));
  }

  @Test
  void withoutFullyConnectedLayersItKeepsTheMap() {
    FastRcnnConvFcHead head = new FastRcnnConvFcHead(POOLED, List.of(6), List.of(), Norm.NONE);
    pooled()
        .parameters(head, 5)
        .agree(1e-5, (f, v) -> v.put("x", head.forward(f, v.get("pooled"))));
    assertThat(head.outputShape()).isEqualTo(ShapeSpec.pooled(6, 5, 5));
  }

  @Test
  void whatIsNoLayerIsRefused() {
    assertThatThrownBy(
            () ->
                FastRcnnConvFcHead.fromConfig(
                    new FastRcnnConvFcHead.Args(null, List.of(8, 0), null), BUILD))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("roiHeads.boxHead.fcDims: expected 1 or more each, found [8, 0]");
    assertThatThrownBy(
            () ->
                FastRcnnConvFcHead.fromConfig(new FastRcnnConvFcHead.Args(null, null, "LN"), BUILD))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("roiHeads.boxHead.norm: expected FrozenBN, BN, GN or '' (none)");
  }
}
