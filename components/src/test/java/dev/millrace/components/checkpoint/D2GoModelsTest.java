package dev.millrace.components.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.millrace.components.testing.Assets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * D2Go's three int8 models against numbers that PyTorch 1.13 gave: it unpacked and dequantised
 * every layer, and all values were equal bit by bit. Sums and norms are over all parameters in
 * float64.
 */
class D2GoModelsTest {

  private static Checkpoint read(String model) {
    return Checkpoints.read(Assets.path("models/" + model + "_int8.pt"));
  }

  private static double sum(Tensor tensor) {
    double sum = 0;
    for (float value : tensor.floats()) {
      sum += value;
    }
    return sum;
  }

  private static double squares(Tensor tensor) {
    double sum = 0;
    for (float value : tensor.floats()) {
      sum += (double) value * value;
    }
    return sum;
  }

  @ParameterizedTest
  @CsvSource({
    "faster_rcnn_fbnetv3a_C4, 122, 68, 1735119, -443.6336684484977, 1627.7633999854547",
    "mask_rcnn_fbnetv3a_C4, 149, 84, 2543327, -4455.5149223085755, 2025.0175112513894",
    "keypoint_rcnn_fbnetv3a_dsmask_C4, 150, 86, 1491532, -826.2752278113912, 1177.6937430014548"
  })
  void everythingIsRead(
      String model, int parameters, int convolutions, long elements, double sum, double norm) {
    Checkpoint checkpoint = read(model);
    Map<String, Tensor> all = checkpoint.parameters();
    assertThat(all).hasSize(parameters);
    assertThat(checkpoint.geometry()).hasSize(convolutions);
    assertThat(all.values().stream().mapToLong(Tensor::elements).sum()).isEqualTo(elements);
    assertThat(all.values().stream().mapToDouble(D2GoModelsTest::sum).sum())
        .isCloseTo(sum, within(1e-6));
    assertThat(Math.sqrt(all.values().stream().mapToDouble(D2GoModelsTest::squares).sum()))
        .isCloseTo(norm, within(1e-6));
  }

  @ParameterizedTest
  @CsvSource({
    "backbone.body.trunk0.fbnetv2_0_0.conv.weight, -0.10386919581651455, 0.14135179981572824,"
        + " -0.0010869897669181228, 0.0005257372977212071",
    "backbone.body.trunk3.fbnetv2_3_6.dw.conv.weight, -7.566788375552278, 3.4028259891687704,"
        + " -0.009436515159904957, 0.008651301264762878",
    "roi_heads.box_predictor.cls_score.weight, -0.12723623408237472, 7.634286877847235,"
        + " 0.0, -0.017495503649115562",
    "roi_heads.box_predictor.bbox_pred.bias, 0.3186787804679625, 0.11828242392044101,"
        + " 0.00012168302055215463, -0.0013229211326688528",
    "proposal_generator.rpn_head.rpn_regressor.cls_logits.bias, -1.2495488971471786,"
        + " 0.38813346321188913, -0.0641649141907692, -0.06555644422769547"
  })
  void valuesAreThoseOfPyTorch(String name, double sum, double norm, float first, float last) {
    Tensor tensor = read("faster_rcnn_fbnetv3a_C4").parameters().get(name);
    float[] values = tensor.floats();
    assertThat(values[0]).isEqualTo(first);
    assertThat(values[values.length - 1]).isEqualTo(last);
    assertThat(sum(tensor)).isCloseTo(sum, within(1e-9));
    assertThat(Math.sqrt(squares(tensor))).isCloseTo(norm, within(1e-9));
  }

  @Test
  void namesShapesAndGeometryAreDetectrons() {
    Checkpoint checkpoint = read("faster_rcnn_fbnetv3a_C4");
    assertThat(checkpoint.sha256()).startsWith("a83b0798d5c4fce6");
    assertThat(checkpoint.parameters().keySet())
        .allMatch(n -> n.matches("(backbone|proposal_generator|roi_heads|pixel_|coco_idx).*"))
        .startsWith("coco_idx", "pixel_mean", "pixel_std")
        .noneMatch(n -> n.contains("quant_stubs") || n.contains("_packed_params"));
    assertThat(checkpoint.parameters().get("pixel_mean").floats())
        .containsExactly(103.53f, 116.28f, 123.675f);
    assertThat(checkpoint.parameters().get("coco_idx").longs())
        .hasSize(81)
        .startsWith(1, 2, 3)
        .endsWith(90, 91);
    assertThat(
            checkpoint
                .parameters()
                .get("proposal_generator.anchor_generator.cell_anchors.0")
                .shape())
        .containsExactly(15, 4);
    String depthwise = "backbone.body.trunk1.fbnetv2_1_0.dw.conv";
    assertThat(checkpoint.parameters().get(depthwise + ".weight").shape())
        .containsExactly(64, 1, 5, 5);
    assertThat(checkpoint.parameters()).doesNotContainKey(depthwise + ".bias");
    assertThat(checkpoint.geometry().get(depthwise))
        .isEqualTo(
            new Geometry(
                List.of(2L, 2L), List.of(2L, 2L), List.of(1L, 1L), List.of(0L, 0L), 64, false));
    assertThat(checkpoint.activations().get("backbone.quant_stubs.stubs.0"))
        .isEqualTo(new Quantisation(0.9205318093299866, 127));
    assertThat(
            checkpoint.activations().get("roi_heads.box_predictor.quant_stubs.stubs.0").zeroPoint())
        .isEqualTo(64);
  }
}
