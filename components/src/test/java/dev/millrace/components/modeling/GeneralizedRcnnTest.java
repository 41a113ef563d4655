package dev.millrace.components.modeling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.core.Linear;
import dev.millrace.components.engine.TwoForms;
import dev.millrace.components.testing.D2Go;
import dev.millrace.components.testing.TwoLevels;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GeneralizedRcnnTest {

  @Test
  void parametersHaveDetectron2sNames() {
    assertThat(TwoLevels.model(new TwoLevels.TwoLevelBackbone(), 0.05f).parameters().keySet())
        .containsExactly(
            "backbone.stem.weight",
            "backbone.stem.bias",
            "backbone.fine.weight",
            "backbone.fine.bias",
            "backbone.coarse.weight",
            "backbone.coarse.bias",
            "proposal_generator.rpn_head.conv.weight",
            "proposal_generator.rpn_head.conv.bias",
            "proposal_generator.rpn_head.objectness_logits.weight",
            "proposal_generator.rpn_head.objectness_logits.bias",
            "proposal_generator.rpn_head.anchor_deltas.weight",
            "proposal_generator.rpn_head.anchor_deltas.bias",
            "roi_heads.box_head.fc1.weight",
            "roi_heads.box_head.fc1.bias",
            "roi_heads.box_predictor.cls_score.weight",
            "roi_heads.box_predictor.cls_score.bias",
            "roi_heads.box_predictor.bbox_pred.weight",
            "roi_heads.box_predictor.bbox_pred.bias");
  }

  @Test
  void d2gosPartsHaveD2gosNames() {
    assertThat(new D2Go(100).model.parameters().keySet())
        .contains(
            "backbone.body.trunk0.fbnetv2_0_0.conv.weight",
            "backbone.body.trunk1.fbnetv2_1_0.pw.conv.weight",
            "backbone.body.trunk3.fbnetv2_3_7.pwl.conv.bias",
            "proposal_generator.rpn_head.rpn_feature.0.fbnetv2_0_2.dw.conv.weight",
            "proposal_generator.rpn_head.rpn_regressor.cls_logits.bias",
            "proposal_generator.rpn_head.rpn_regressor.bbox_pred.weight",
            "roi_heads.box_head.roi_box_conv.0.fbnetv2_0_3.pwl.conv.weight",
            "roi_heads.box_predictor.cls_score.weight")
        .doesNotContain("backbone.body.trunk0.fbnetv2_0_1.pw.conv.weight");
  }

  @Test
  void whatDetectron2KeepsBesidesParametersIsKnown() {
    assertThat(TwoLevels.model(new TwoLevels.TwoLevelBackbone(), 0.05f).buffers())
        .containsExactly(
            "pixel_mean",
            "pixel_std",
            "proposal_generator.anchor_generator.cell_anchors.0",
            "proposal_generator.anchor_generator.cell_anchors.1");
  }

  @Test
  void imagesArePaddedAsTheBackboneWants() {
    assertThat(TwoLevels.model(new TwoLevels.TwoLevelBackbone(), 0.05f).sizeDivisibility())
        .isEqualTo(16);
    assertThat(new D2Go(100).model.sizeDivisibility()).isEqualTo(1);
  }

  @Test
  void aChildsNameIsTakenOnce() {
    assertThatThrownBy(Twins::new)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("two children are called fc");
  }

  /** Two children of one name. */
  private static final class Twins extends Component {
    Twins() {
      add("fc", Linear.builder().setUnits(1).build());
      add("fc", Linear.builder().setUnits(2).build());
    }
  }

  /**
   * Mean and divisor by channel; the padding becomes zero after that, not before. A backbone that
   * asks for no padding gets some where a batch has images of several sizes.
   */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void normalisesWhatIsInsideTheImageOnly(boolean backboneAsksForNone) {
    Stage normalize =
        backboneAsksForNone
            ? new D2Go(100).model.stages().get(0)
            : TwoLevels.model(new TwoLevels.TwoLevelBackbone(), 0.05f).stages().get(0);
    byte[] pixels = new byte[2 * 3 * 2 * 3];
    java.util.Arrays.fill(pixels, (byte) 200);
    double[] found =
        new TwoForms()
            .bytes(MetaArchitecture.PIXELS, DataType.UINT8, new Shape(2, 3, 2, 3), pixels)
            .floats(MetaArchitecture.SIZES, new Shape(2, 2), 2, 3, 1, 2)
            .agree(1e-5, normalize.step())
            .get("image")
            .numbers();
    double b = 200 - 103.53;
    double g = 200 - 116.28;
    double r = 200 - 123.675;
    TwoForms.close(
        "image",
        found,
        new double[] {
          b, b, b, b, b, b, g, g, g, g, g, g, r, r, r, r, r, r, b, b, 0, 0, 0, 0, g, g, 0, 0, 0, 0,
          r, r, 0, 0, 0, 0
        },
        1e-5);
  }
}
