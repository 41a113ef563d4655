package dev.millrace.components.contract;

import dev.millrace.components.ShapeSpec;
import dev.millrace.components.modeling.Backbone;
import dev.millrace.components.modeling.BoxLoss;
import dev.millrace.components.modeling.BoxTransform;
import dev.millrace.components.modeling.Norm;
import dev.millrace.components.modeling.Postprocessor;
import dev.millrace.components.modeling.Preprocessor;
import dev.millrace.components.modeling.ProposalGenerator;
import dev.millrace.components.modeling.RoiHeads;
import dev.millrace.components.modeling.backbone.Fpn;
import dev.millrace.components.modeling.backbone.LastLevelMaxPool;
import dev.millrace.components.modeling.backbone.LastLevelP6P7;
import dev.millrace.components.modeling.backbone.ResNet;
import dev.millrace.components.modeling.backbone.ResNetShape;
import dev.millrace.components.modeling.backbone.ResNetStage;
import dev.millrace.components.modeling.backbone.TopBlock;
import dev.millrace.components.modeling.postprocess.DetectionPostprocessor;
import dev.millrace.components.modeling.preprocess.D2GoResize;
import dev.millrace.components.modeling.preprocess.ResizeShortestEdge;
import dev.millrace.components.modeling.proposal.DefaultAnchorGenerator;
import dev.millrace.components.modeling.proposal.Rpn;
import dev.millrace.components.modeling.proposal.RpnTraining;
import dev.millrace.components.modeling.proposal.StandardRpnHead;
import dev.millrace.components.modeling.roi.CascadeRoiHeads;
import dev.millrace.components.modeling.roi.FastRcnnConvFcHead;
import dev.millrace.components.modeling.roi.FastRcnnOutputLayers;
import dev.millrace.components.modeling.roi.KrcnnConvDeconvUpsampleHead;
import dev.millrace.components.modeling.roi.MaskRcnnConvUpsampleHead;
import dev.millrace.components.modeling.roi.Res5RoiHeads;
import dev.millrace.components.modeling.roi.RoiBranch;
import dev.millrace.components.modeling.roi.RoiPooler;
import dev.millrace.components.modeling.roi.RoiTraining;
import dev.millrace.components.modeling.roi.StandardRoiHeads;
import dev.millrace.components.testing.D2Go;
import dev.millrace.components.trace.VisionOps;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Nested;

/** What ships keeps the contracts that plugins are asked to keep. */
class ShippedComponentsTest {

  private static final Map<String, ShapeSpec> TWO_LEVELS = new LinkedHashMap<>();

  static {
    TWO_LEVELS.put("p3", new ShapeSpec(8, 8));
    TWO_LEVELS.put("p4", new ShapeSpec(8, 16));
  }

  private static ResNet resNet(
      int depth, int groups, boolean strideIn1x1, int dilation, Norm norm) {
    return new ResNet(
        new ResNetShape(depth, 32, 32, groups, 32 / groups, strideIn1x1, dilation, norm),
        List.of("res2", "res3", "res4", "res5"));
  }

  private static Fpn pyramid(TopBlock top) {
    return new Fpn(
        resNet(18, 1, true, 1, Norm.BN), List.of("res3", "res4", "res5"), 8, Norm.NONE, false, top);
  }

  @Nested
  class ResNet18 extends BackboneContract {
    @Override
    protected Backbone backbone() {
      return resNet(18, 1, true, 1, Norm.FROZEN_BN);
    }
  }

  @Nested
  class ResNeXt50 extends BackboneContract {
    @Override
    protected Backbone backbone() {
      return resNet(50, 8, false, 1, Norm.BN);
    }
  }

  @Nested
  class ResNet50WithDilationAndGroupNorm extends BackboneContract {
    @Override
    protected Backbone backbone() {
      return resNet(50, 1, true, 2, Norm.GN);
    }
  }

  @Nested
  class FpnWithMaxPool extends BackboneContract {
    @Override
    protected Backbone backbone() {
      return pyramid(new LastLevelMaxPool("p5"));
    }
  }

  @Nested
  class FpnWithP6P7 extends BackboneContract {
    @Override
    protected Backbone backbone() {
      return pyramid(new LastLevelP6P7(8, "res5"));
    }
  }

  @Nested
  class FbNetV3OfD2Go extends BackboneContract {
    @Override
    protected Backbone backbone() {
      return new D2Go(10).backbone;
    }
  }

  @Nested
  class RpnOnTwoLevels extends ProposalGeneratorContract {
    @Override
    protected ProposalGenerator generator() {
      return new Rpn(
          List.copyOf(TWO_LEVELS.keySet()),
          new DefaultAnchorGenerator(
              List.of(List.of(16.0), List.of(32.0)),
              List.of(List.of(0.5, 1.0, 2.0)),
              new int[] {8, 16},
              0),
          new StandardRpnHead(8, 3, List.of(-1)),
          new BoxTransform(1, 1, 1, 1),
          40,
          15,
          0.7f,
          0,
          RpnTraining.STANDARD);
    }

    @Override
    protected Map<String, ShapeSpec> features() {
      return TWO_LEVELS;
    }
  }

  /** Heads of three classes on both levels. */
  private abstract static class TwoLevelHeads extends RoiHeadsContract {
    @Override
    protected Map<String, ShapeSpec> features() {
      return TWO_LEVELS;
    }

    @Override
    protected int classes() {
      return 3;
    }
  }

  private static RoiPooler pooler(int resolution) {
    return new RoiPooler(
        new VisionOps.RoiAlign(resolution, resolution, 0, true), TWO_LEVELS.values());
  }

  private static FastRcnnOutputLayers predictor(boolean agnostic, float weight) {
    return new FastRcnnOutputLayers(
        3,
        agnostic,
        new BoxTransform(weight, weight, weight / 2, weight / 2),
        0.05f,
        0.5f,
        10,
        BoxLoss.STANDARD);
  }

  @Nested
  class StandardRoiHeadsOnTwoLevels extends TwoLevelHeads {
    @Override
    protected RoiHeads heads() {
      return new StandardRoiHeads(
          List.copyOf(TWO_LEVELS.keySet()),
          pooler(3),
          new FastRcnnConvFcHead(ShapeSpec.pooled(8, 3, 3), List.of(8), List.of(16), Norm.NONE),
          predictor(false, 10),
          RoiTraining.STANDARD);
    }
  }

  @Nested
  class StandardRoiHeadsWithMasksAndKeypoints extends TwoLevelHeads {
    @Override
    protected RoiHeads heads() {
      return new StandardRoiHeads(
          List.copyOf(TWO_LEVELS.keySet()),
          new RoiBranch<>(
              pooler(3),
              new FastRcnnConvFcHead(ShapeSpec.pooled(8, 3, 3), List.of(), List.of(16), Norm.NONE)),
          predictor(false, 10),
          new RoiBranch<>(
              pooler(4), new MaskRcnnConvUpsampleHead(classes(), List.of(8, 8), Norm.NONE)),
          new RoiBranch<>(pooler(4), new KrcnnConvDeconvUpsampleHead(5, List.of(8))),
          RoiTraining.STANDARD);
    }
  }

  @Nested
  class CascadeOfThree extends TwoLevelHeads {
    @Override
    protected RoiHeads heads() {
      return new CascadeRoiHeads(
          List.copyOf(TWO_LEVELS.keySet()),
          pooler(3),
          List.of(stage(10, 0.5), stage(20, 0.6), stage(30, 0.7)),
          new RoiBranch<>(pooler(4), new MaskRcnnConvUpsampleHead(1, List.of(8), Norm.NONE)),
          null,
          RoiTraining.STANDARD);
    }

    private static CascadeRoiHeads.Stage stage(float weight, double threshold) {
      return new CascadeRoiHeads.Stage(
          new FastRcnnConvFcHead(ShapeSpec.pooled(8, 3, 3), List.of(), List.of(16), Norm.NONE),
          predictor(true, weight),
          threshold);
    }
  }

  @Nested
  class Res5OnOneLevel extends RoiHeadsContract {
    @Override
    protected RoiHeads heads() {
      ShapeSpec res4 = features().get("res4");
      return new Res5RoiHeads(
          "res4",
          new RoiPooler(new VisionOps.RoiAlign(4, 4, 0, true), List.of(res4)),
          new ResNetStage(
              new ResNetShape(50, 8, 8, 1, 4, true, 1, Norm.FROZEN_BN), 5, res4.channels()),
          predictor(false, 10),
          new MaskRcnnConvUpsampleHead(classes(), List.of(8), Norm.NONE),
          RoiTraining.STANDARD);
    }

    @Override
    protected Map<String, ShapeSpec> features() {
      return Map.of("res4", new ShapeSpec(32, 16));
    }

    @Override
    protected int classes() {
      return 3;
    }
  }

  @Nested
  class Detectron2sResize extends PreprocessorContract {
    @Override
    protected Preprocessor preprocessor() {
      return new ResizeShortestEdge(32, 64);
    }
  }

  @Nested
  class D2GosResize extends PreprocessorContract {
    @Override
    protected Preprocessor preprocessor() {
      return new D2GoResize(32);
    }
  }

  @Nested
  class Detections extends PostprocessorContract {
    @Override
    protected Postprocessor postprocessor() {
      return new DetectionPostprocessor(0, 100, Set.of());
    }
  }
}
