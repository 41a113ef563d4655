package dev.millrace.components.testing;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.Block;
import dev.millrace.components.ShapeSpec;
import dev.millrace.components.modeling.Backbone;
import dev.millrace.components.modeling.BoxLoss;
import dev.millrace.components.modeling.BoxTransform;
import dev.millrace.components.modeling.FeatureMaps;
import dev.millrace.components.modeling.Forward;
import dev.millrace.components.modeling.GeneralizedRcnn;
import dev.millrace.components.modeling.Layers;
import dev.millrace.components.modeling.Norm;
import dev.millrace.components.modeling.backbone.Fpn;
import dev.millrace.components.modeling.backbone.LastLevelMaxPool;
import dev.millrace.components.modeling.backbone.ResNet;
import dev.millrace.components.modeling.backbone.ResNetShape;
import dev.millrace.components.modeling.proposal.DefaultAnchorGenerator;
import dev.millrace.components.modeling.proposal.Rpn;
import dev.millrace.components.modeling.proposal.RpnTraining;
import dev.millrace.components.modeling.proposal.StandardRpnHead;
import dev.millrace.components.modeling.roi.FastRcnnConvFcHead;
import dev.millrace.components.modeling.roi.FastRcnnOutputLayers;
import dev.millrace.components.modeling.roi.RoiPooler;
import dev.millrace.components.modeling.roi.RoiTraining;
import dev.millrace.components.modeling.roi.StandardRoiHeads;
import dev.millrace.components.supervision.LabelSampler;
import dev.millrace.components.trace.VisionOps;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The Faster R-CNNs of the assets' folder {@code detectron2}, as their {@code config.yaml} says, by
 * explicit constructors and with their parts at hand.
 */
public final class Detectron2 {

  /** The backbone of Detectron2's "Write Models" page. */
  private static final class ToyBackbone extends Backbone {
    private final Block conv1 = add("conv1", Layers.conv(64, 7, 16, 3, 1));

    @Override
    public FeatureMaps forward(Forward f, NDArray image) {
      return FeatureMaps.of("conv1", f.apply(conv1, image));
    }

    @Override
    public Map<String, ShapeSpec> outputShape() {
      return Map.of("conv1", new ShapeSpec(64, 16));
    }
  }

  public static final BoxTransform RPN_BOXES = new BoxTransform(1, 1, 1, 1);
  public static final BoxTransform ROI_BOXES = new BoxTransform(10, 10, 5, 5);
  public static final int CLASSES = 20;

  /** As the manifests of the training fixtures say. */
  public static final RpnTraining RPN_TRAINING =
      new RpnTraining(
          RpnTraining.STANDARD.anchorMatcher(),
          new LabelSampler(256, 0.5),
          200,
          100,
          BoxLoss.STANDARD,
          1);

  public static final RoiTraining ROI_TRAINING =
      new RoiTraining(RoiTraining.STANDARD.proposalMatcher(), new LabelSampler(64, 0.25), true);

  /** The ResNet below the pyramid, where there is one. */
  public final Optional<Backbone> bottomUp;

  public final Backbone backbone;
  public final List<String> rpnFeatures;
  public final List<String> roiFeatures;
  public final DefaultAnchorGenerator anchors;
  private final int[] strides;
  public final StandardRpnHead rpnHead;
  public final RoiPooler pooler;
  public final FastRcnnConvFcHead boxHead;
  public final FastRcnnOutputLayers boxPredictor;
  public final GeneralizedRcnn model;

  private Detectron2(
      Optional<Backbone> bottomUp,
      Backbone backbone,
      List<String> rpnFeatures,
      List<String> roiFeatures,
      List<List<Double>> sizes,
      int preNmsTopk,
      List<Integer> fcDims,
      float scoreThreshold) {
    this.bottomUp = bottomUp;
    this.backbone = backbone;
    this.rpnFeatures = rpnFeatures;
    this.roiFeatures = roiFeatures;
    List<ShapeSpec> below = rpnFeatures.stream().map(backbone.outputShape()::get).toList();
    List<ShapeSpec> pooled = roiFeatures.stream().map(backbone.outputShape()::get).toList();
    int channels = below.get(0).channels();
    strides = below.stream().mapToInt(ShapeSpec::stride).toArray();
    anchors = new DefaultAnchorGenerator(sizes, List.of(List.of(0.5, 1.0, 2.0)), strides, 0);
    rpnHead = new StandardRpnHead(channels, anchors.anchorsPerCell(0), List.of(-1));
    pooler = new RoiPooler(new VisionOps.RoiAlign(7, 7, 0, true), pooled);
    boxHead =
        new FastRcnnConvFcHead(ShapeSpec.pooled(channels, 7, 7), List.of(), fcDims, Norm.NONE);
    boxPredictor =
        new FastRcnnOutputLayers(
            CLASSES, false, ROI_BOXES, scoreThreshold, 0.5f, 100, BoxLoss.STANDARD);
    model =
        new GeneralizedRcnn(
            backbone,
            new Rpn(
                rpnFeatures, anchors, rpnHead, RPN_BOXES, preNmsTopk, 80, 0.7f, 0, RPN_TRAINING),
            new StandardRoiHeads(roiFeatures, pooler, boxHead, boxPredictor, ROI_TRAINING),
            new float[] {103.53f, 116.28f, 123.675f},
            new float[] {1, 1, 1});
  }

  /** The anchors of all levels, one after the other, for a batch of this size. */
  public float[] anchors(int height, int width) {
    List<Float> all = new ArrayList<>();
    for (int level = 0; level < strides.length; level++) {
      for (float v :
          anchors.anchors(
              level,
              (height + strides[level] - 1) / strides[level],
              (width + strides[level] - 1) / strides[level])) {
        all.add(v);
      }
    }
    float[] boxes = new float[all.size()];
    for (int i = 0; i < boxes.length; i++) {
      boxes[i] = all.get(i);
    }
    return boxes;
  }

  /** A new model; its parameters are its own. */
  public static Detectron2 of(String fixture) {
    return switch (fixture) {
      case "01_faster_rcnn_R_18_FPN" ->
          pyramid(new ResNetShape(18, 16, 16, 1, 64, true, 1, Norm.FROZEN_BN));
      case "02_faster_rcnn_R_50_FPN" ->
          pyramid(new ResNetShape(50, 16, 32, 1, 8, true, 1, Norm.FROZEN_BN));
      case "13_toy_standard" ->
          new Detectron2(
              Optional.empty(),
              new ToyBackbone(),
              List.of("conv1"),
              List.of("conv1"),
              List.of(List.of(32.0, 64.0, 128.0, 256.0, 512.0)),
              400,
              List.of(128),
              0.2f);
      default -> throw new IllegalArgumentException(fixture);
    };
  }

  private static Detectron2 pyramid(ResNetShape shape) {
    List<String> stages = List.of("res2", "res3", "res4", "res5");
    List<String> given = new ArrayList<>(stages);
    given.add("stem");
    ResNet resNet = new ResNet(shape, given);
    return new Detectron2(
        Optional.of(resNet),
        new Fpn(resNet, stages, 32, Norm.NONE, false, new LastLevelMaxPool("p5")),
        List.of("p2", "p3", "p4", "p5", "p6"),
        List.of("p2", "p3", "p4", "p5"),
        List.of(List.of(32.0), List.of(64.0), List.of(128.0), List.of(256.0), List.of(512.0)),
        200,
        List.of(128, 128),
        0.3f);
  }
}
