package dev.millrace.components.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.nn.Parameter;
import dev.millrace.components.checkpoint.Tensor;
import dev.millrace.components.checkpoint.WeightsConfig;
import dev.millrace.components.modeling.Initial;
import dev.millrace.components.modeling.MetaArchitecture;
import dev.millrace.components.testing.Detectron2;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A whole network that nobody trained. */
class RandomWeightsTest {

  private final MetaArchitecture model = Detectron2.of("01_faster_rcnn_R_18_FPN").model;

  RandomWeightsTest() {
    Models.plan(model, 64, 64);
  }

  private Map<String, Tensor> values(long seed) {
    Map<Parameter, Tensor> values =
        DetectorFactory.values(
            new WeightsConfig(null, null, null, List.of("**"), null, seed, null),
            model,
            Optional.empty());
    Map<String, Tensor> byName = new LinkedHashMap<>();
    model.parameters().forEach((name, parameter) -> byName.put(name, values.get(parameter)));
    return byName;
  }

  /** What the constructors of Detectron2's modules do. */
  private static Initial theirs(String name) {
    if (name.startsWith("backbone.bottom_up.")) {
      return Initial.MSRA;
    }
    if (name.startsWith("backbone.fpn_") || name.startsWith("roi_heads.box_head.fc")) {
      return Initial.XAVIER;
    }
    return Initial.normal(name.contains("bbox_pred") ? 0.001 : 0.01);
  }

  @Test
  void eachPartBeginsAsDetectron2s() {
    Map<Parameter, Initial> initials = model.initials();
    model
        .parameters()
        .forEach(
            (name, parameter) -> {
              if (parameter.getType() == Parameter.Type.WEIGHT) {
                assertThat(initials.get(parameter)).as(name).isEqualTo(theirs(name));
              }
            });
  }

  @Test
  void valuesSpreadAsTheirPartSays() {
    Map<String, Tensor> values = values(3);
    assertThat(deviation(values, "backbone.bottom_up.res4.0.conv2.weight"))
        .isCloseTo(Math.sqrt(2.0 / (64 * 9)), within(0.002));
    assertThat(deviation(values, "backbone.fpn_output3.weight"))
        .isCloseTo(Math.sqrt(1.0 / (32 * 9)), within(0.002));
    assertThat(deviation(values, "proposal_generator.rpn_head.conv.weight"))
        .isCloseTo(0.01, within(0.0004));
    assertThat(deviation(values, "roi_heads.box_head.fc1.weight"))
        .isCloseTo(Math.sqrt(1.0 / (32 * 49)), within(0.0005));
    assertThat(deviation(values, "roi_heads.box_predictor.cls_score.weight"))
        .isCloseTo(0.01, within(0.0007));
    assertThat(deviation(values, "roi_heads.box_predictor.bbox_pred.weight"))
        .isCloseTo(0.001, within(0.00004));
  }

  private static double deviation(Map<String, Tensor> values, String name) {
    double square = 0;
    float[] all = values.get(name).floats();
    for (float value : all) {
      square += (double) value * value / all.length;
    }
    return Math.sqrt(square);
  }

  @Test
  void whatIsNoWeightBeginsWithoutEffect() {
    Map<String, Tensor> values = values(3);
    model
        .parameters()
        .forEach(
            (name, parameter) -> {
              if (parameter.getType() != Parameter.Type.WEIGHT) {
                float neutral =
                    name.endsWith(".norm.weight") || name.endsWith(".running_var") ? 1 : 0;
                assertThat(values.get(name).floats()).as(name).containsOnly(neutral);
              }
            });
  }

  @Test
  void seedAndNameDecide() {
    Map<String, Tensor> values = values(3);
    Map<String, Tensor> again = values(3);
    Map<String, Tensor> others = values(4);
    values.forEach(
        (name, tensor) -> assertThat(again.get(name).floats()).as(name).isEqualTo(tensor.floats()));
    String one = "backbone.fpn_output2.weight";
    assertThat(others.get(one).floats()).isNotEqualTo(values.get(one).floats());
    assertThat(values.get("backbone.fpn_output3.weight").floats())
        .isNotEqualTo(values.get(one).floats());
  }
}
