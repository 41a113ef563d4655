package dev.millrace.components.modeling.dense;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.components.ConfigException;
import dev.millrace.components.ShapeSpec;
import dev.millrace.components.modeling.BoxLoss;
import dev.millrace.components.modeling.proposal.Rpn;
import dev.millrace.components.testing.TestBuild;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a configuration may not say, and what it gets where it says nothing. */
class DenseConfigTest {

  private static TestBuild head(int anchors) {
    Map<String, ShapeSpec> shapes = new LinkedHashMap<>();
    shapes.put("p3", new ShapeSpec(32, 8));
    shapes.put("p4", new ShapeSpec(32, 16));
    shapes.put(Rpn.ANCHORS, new ShapeSpec(anchors, 1));
    return new TestBuild("model.architecture.head", shapes, List.of("a", "b"));
  }

  private static final TestBuild ARCHITECTURE =
      new TestBuild("model.architecture", Map.of(), List.of("a", "b"));

  @Test
  void batchNormalisationInASharedHeadIsRefused() {
    assertThatThrownBy(
            () -> RetinaNetHead.fromConfig(new RetinaNetHead.Args(null, "BN", null), head(3)))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("model.architecture.head.norm: BN mixes the statistics of all levels")
        .hasMessageContaining("GN");
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 1, -1, Double.NaN})
  void aPriorThatIsNoProbabilityIsRefused(double prior) {
    assertThatThrownBy(
            () -> RetinaNetHead.fromConfig(new RetinaNetHead.Args(null, null, prior), head(3)))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("head.priorProb: expected more than 0 and less than 1");
  }

  @Test
  void aHeadWithoutConvolutionsIsRefused() {
    for (List<Integer> dims : List.of(List.<Integer>of(), List.of(8, 0))) {
      assertThatThrownBy(
              () -> RetinaNetHead.fromConfig(new RetinaNetHead.Args(dims, null, null), head(3)))
          .isInstanceOf(ConfigException.class)
          .hasMessageContaining("head.convDims: expected at least one number of 1 or more");
    }
  }

  @Test
  void fcosHeadIsOfOneAnchorACell() {
    assertThatThrownBy(() -> FcosHead.fromConfig(new FcosHead.Args(null, null, null), head(3)))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("expected one anchor a cell, found 3")
        .hasMessageContaining("Fcos");
  }

  @Test
  void aHeadIsRefusedOfWhichSomethingWouldBeLostOrIsMissing() {
    DenseHead plain = RetinaNetHead.fromConfig(new RetinaNetHead.Args(null, null, null), head(1));
    DenseHead fcos = FcosHead.fromConfig(new FcosHead.Args(null, null, null), head(1));
    assertThat(DenseDetector.fitting(ARCHITECTURE, plain, false)).isSameAs(plain);
    assertThat(DenseDetector.fitting(ARCHITECTURE, fcos, true)).isSameAs(fcos);
    assertThatThrownBy(() -> DenseDetector.fitting(ARCHITECTURE, plain, true))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("model.architecture.head: RetinaNetHead gives no centerness")
        .hasMessageContaining("FcosHead");
    assertThatThrownBy(() -> DenseDetector.fitting(ARCHITECTURE, fcos, false))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("FcosHead gives a centerness, which no part of this detector reads")
        .hasMessageContaining("RetinaNetHead");
  }

  @Test
  void trainingIsDetectron2sWhereNothingIsSaid() {
    assertThat(RetinaNetTraining.fromConfig(null, ARCHITECTURE))
        .isSameAs(RetinaNetTraining.STANDARD);
    RetinaNetTraining some =
        RetinaNetTraining.fromConfig(
            new RetinaNetTraining.Args(null, 0.5, null, "giou", null), ARCHITECTURE);
    assertThat(some.anchorMatcher()).isEqualTo(RetinaNetTraining.STANDARD.anchorMatcher());
    assertThat(some.losses())
        .isEqualTo(new DenseLosses(0.5, 2, new BoxLoss(BoxLoss.Kind.GIOU, 0.1)));
    assertThat(FcosTraining.fromConfig(2.5, null, ARCHITECTURE).centerSamplingRadius())
        .isEqualTo(2.5);
  }

  @Test
  void numbersThatNoLossHasAreRefused() {
    assertThatThrownBy(
            () ->
                RetinaNetTraining.fromConfig(
                    new RetinaNetTraining.Args(List.of(0.6, 0.5), null, null, null, null),
                    ARCHITECTURE))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("model.architecture.training: expected ascending thresholds");
    assertThatThrownBy(
            () -> FcosTraining.fromConfig(null, new FcosTraining.Args(1.5, null), ARCHITECTURE))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("focalLossAlpha of 1 or less");
    assertThatThrownBy(() -> FcosTraining.fromConfig(0.0, null, ARCHITECTURE))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("model.architecture.centerSamplingRadius: expected more than 0");
  }
}
