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
import dev.millrace.components.modeling.PixelNormalization;
import dev.millrace.components.modeling.RoiHeads;
import dev.millrace.components.modeling.backbone.Fpn;
import dev.millrace.components.modeling.backbone.LastLevelMaxPool;
import dev.millrace.components.modeling.backbone.ResNet;
import dev.millrace.components.modeling.backbone.ResNetShape;
import dev.millrace.components.modeling.backbone.ResNetStage;
import dev.millrace.components.modeling.proposal.DefaultAnchorGenerator;
import dev.millrace.components.modeling.proposal.Rpn;
import dev.millrace.components.modeling.proposal.RpnTraining;
import dev.millrace.components.modeling.proposal.StandardRpnHead;
import dev.millrace.components.modeling.roi.BoxHead;
import dev.millrace.components.modeling.roi.CascadeRoiHeads;
import dev.millrace.components.modeling.roi.FastRcnnConvFcHead;
import dev.millrace.components.modeling.roi.FastRcnnOutputLayers;
import dev.millrace.components.modeling.roi.KeypointHead;
import dev.millrace.components.modeling.roi.KrcnnConvDeconvUpsampleHead;
import dev.millrace.components.modeling.roi.MaskHead;
import dev.millrace.components.modeling.roi.MaskRcnnConvUpsampleHead;
import dev.millrace.components.modeling.roi.Res5RoiHeads;
import dev.millrace.components.modeling.roi.RoiBranch;
import dev.millrace.components.modeling.roi.RoiPooler;
import dev.millrace.components.modeling.roi.RoiTraining;
import dev.millrace.components.modeling.roi.StandardRoiHeads;
import dev.millrace.components.modeling.semantic.PanopticFpn;
import dev.millrace.components.modeling.semantic.SemSegFpnHead;
import dev.millrace.components.modeling.semantic.SemSegHead;
import dev.millrace.components.supervision.LabelSampler;
import dev.millrace.components.trace.VisionOps;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The R-CNNs of the assets' folder {@code detectron2}, as their {@code config.yaml} says, by
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

  /** What finds boxes: one, or a cascade's stages. */
  public final List<BoxStage> boxes;

  /** The part of the ResNet that a C4 model has in its ROI heads. */
  public final Optional<ResNetStage> res5;

  public final Optional<RoiBranch<MaskHead>> mask;
  public final Optional<RoiBranch<KeypointHead>> keypoint;
  public final GeneralizedRcnn model;

  /**
   * What finds boxes.
   *
   * @param head none after a {@link #res5}
   */
  public record BoxStage(
      Optional<BoxHead> head, FastRcnnOutputLayers predictor, BoxTransform transform) {}

  /** What one fixture's {@code config.yaml} says otherwise than another's. */
  private static final class Config {
    private Optional<Backbone> bottomUp = Optional.empty();
    private Backbone backbone = new ToyBackbone();
    private List<String> rpnFeatures = List.of("conv1");
    private List<String> roiFeatures = List.of("conv1");
    private List<List<Double>> sizes = List.of(List.of(32.0, 64.0, 128.0, 256.0, 512.0));
    private int preNmsTopk = 400;
    private int postNmsTopk = 80;
    private int poolerResolution = 7;
    private List<Integer> fcDims = List.of(128);
    private int classes = CLASSES;
    private float scoreThreshold = 0.2f;
    private BoxLoss boxLoss = BoxLoss.STANDARD;
    private boolean cascade;
    private boolean mask;
    private boolean keypoint;
    private boolean panoptic;
    private Optional<ResNetStage> res5 = Optional.empty();

    /** Over a ResNet, as {@code Base-RCNN-FPN.yaml}. */
    static Config pyramid(ResNetShape shape) {
      List<String> stages = List.of("res2", "res3", "res4", "res5");
      List<String> given = new ArrayList<>(stages);
      given.add("stem");
      ResNet resNet = new ResNet(shape, given);
      Config c = new Config();
      c.bottomUp = Optional.of(resNet);
      c.backbone = new Fpn(resNet, stages, 32, Norm.NONE, false, new LastLevelMaxPool("p5"));
      c.rpnFeatures = List.of("p2", "p3", "p4", "p5", "p6");
      c.roiFeatures = List.of("p2", "p3", "p4", "p5");
      c.sizes =
          List.of(List.of(32.0), List.of(64.0), List.of(128.0), List.of(256.0), List.of(512.0));
      c.preNmsTopk = 200;
      c.fcDims = List.of(128, 128);
      c.scoreThreshold = 0.3f;
      return c;
    }

    /** On one map of a ResNet. */
    static Config single(ResNetShape shape, String map) {
      Config c = new Config();
      c.backbone = new ResNet(shape, List.of("stem", map));
      c.rpnFeatures = List.of(map);
      c.roiFeatures = List.of(map);
      return c;
    }
  }

  private Detectron2(Config c) {
    bottomUp = c.bottomUp;
    backbone = c.backbone;
    rpnFeatures = c.rpnFeatures;
    roiFeatures = c.roiFeatures;
    res5 = c.res5;
    List<ShapeSpec> below = rpnFeatures.stream().map(backbone.outputShape()::get).toList();
    List<ShapeSpec> pooled = roiFeatures.stream().map(backbone.outputShape()::get).toList();
    int channels = below.get(0).channels();
    strides = below.stream().mapToInt(ShapeSpec::stride).toArray();
    anchors = new DefaultAnchorGenerator(c.sizes, List.of(List.of(0.5, 1.0, 2.0)), strides, 0);
    rpnHead = new StandardRpnHead(channels, anchors.anchorsPerCell(0), List.of(-1));
    pooler = pooler(c.poolerResolution, pooled);
    boxes =
        c.cascade
            ? Stream.of(1, 2, 3).map(k -> boxStage(c, channels, k)).toList()
            : List.of(boxStage(c, channels, 1));
    mask =
        c.mask
            ? Optional.of(
                new RoiBranch<>(
                    pooler(14, pooled),
                    new MaskRcnnConvUpsampleHead(
                        c.classes, List.of(32, 32, 32, 32, 32), Norm.NONE)))
            : Optional.empty();
    keypoint =
        c.keypoint
            ? Optional.of(
                new RoiBranch<>(
                    pooler(14, pooled), new KrcnnConvDeconvUpsampleHead(17, List.of(32, 32, 32))))
            : Optional.empty();
    Rpn rpn =
        new Rpn(
            rpnFeatures,
            anchors,
            rpnHead,
            RPN_BOXES,
            c.preNmsTopk,
            c.postNmsTopk,
            0.7f,
            0,
            RPN_TRAINING);
    RoiHeads heads = c.cascade ? cascade() : res5.isPresent() ? res5Heads(res5.get()) : standard();
    PixelNormalization pixels =
        new PixelNormalization(new float[] {103.53f, 116.28f, 123.675f}, new float[] {1, 1, 1});
    model =
        c.panoptic
            ? new PanopticFpn(backbone, rpn, heads, semSegHead(), pixels)
            : new GeneralizedRcnn(backbone, rpn, heads, pixels);
  }

  private SemSegHead semSegHead() {
    Map<String, ShapeSpec> maps = new LinkedHashMap<>(backbone.outputShape());
    maps.keySet().retainAll(roiFeatures);
    return new SemSegFpnHead(maps, 12, 64, 4, Norm.GN);
  }

  private static RoiPooler pooler(int resolution, List<ShapeSpec> maps) {
    return new RoiPooler(new VisionOps.RoiAlign(resolution, resolution, 0, true), maps);
  }

  /**
   * @param k divides the deltas by so many times what is usual
   */
  private static BoxStage boxStage(Config c, int channels, int k) {
    BoxTransform transform = new BoxTransform(10 * k, 10 * k, 5 * k, 5 * k);
    return new BoxStage(
        c.res5.isPresent()
            ? Optional.empty()
            : Optional.of(
                new FastRcnnConvFcHead(
                    ShapeSpec.pooled(channels, c.poolerResolution, c.poolerResolution),
                    List.of(),
                    c.fcDims,
                    Norm.NONE)),
        new FastRcnnOutputLayers(
            c.classes, c.cascade, transform, c.scoreThreshold, 0.5f, 100, c.boxLoss),
        transform);
  }

  private RoiHeads standard() {
    BoxStage box = boxes.get(0);
    return new StandardRoiHeads(
        roiFeatures,
        new RoiBranch<>(pooler, box.head().orElseThrow()),
        box.predictor(),
        mask.orElse(null),
        keypoint.orElse(null),
        ROI_TRAINING);
  }

  private RoiHeads cascade() {
    return new CascadeRoiHeads(
        roiFeatures,
        pooler,
        Stream.of(0, 1, 2)
            .map(
                k ->
                    new CascadeRoiHeads.Stage(
                        boxes.get(k).head().orElseThrow(), boxes.get(k).predictor(), 0.5 + 0.1 * k))
            .toList(),
        mask.orElse(null),
        keypoint.orElse(null),
        ROI_TRAINING);
  }

  private RoiHeads res5Heads(ResNetStage stage) {
    return new Res5RoiHeads(
        roiFeatures.get(0), pooler, stage, boxes.get(0).predictor(), null, ROI_TRAINING);
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
    return new Detectron2(config(fixture));
  }

  private static Config config(String fixture) {
    ResNetShape narrow = new ResNetShape(50, 16, 32, 1, 8, true, 1, Norm.FROZEN_BN);
    return switch (fixture) {
      case "01_faster_rcnn_R_18_FPN" ->
          Config.pyramid(new ResNetShape(18, 16, 16, 1, 64, true, 1, Norm.FROZEN_BN));
      case "02_faster_rcnn_R_50_FPN" -> Config.pyramid(narrow);
      case "03_faster_rcnn_R_50_C4" -> {
        Config c = Config.single(narrow, "res4");
        c.res5 = Optional.of(new ResNetStage(narrow, 5, 128));
        c.poolerResolution = 14;
        c.preNmsTopk = 300;
        c.postNmsTopk = 50;
        yield c;
      }
      case "04_faster_rcnn_R_50_DC5" -> {
        Config c =
            Config.single(new ResNetShape(50, 16, 16, 1, 8, true, 2, Norm.FROZEN_BN), "res5");
        c.fcDims = List.of(64, 64);
        yield c;
      }
      case "06_mask_rcnn_R_50_FPN" -> {
        Config c = Config.pyramid(narrow);
        c.mask = true;
        yield c;
      }
      case "07_keypoint_rcnn_R_50_FPN" -> {
        Config c = Config.pyramid(narrow);
        c.classes = 1;
        c.keypoint = true;
        c.boxLoss = new BoxLoss(BoxLoss.Kind.SMOOTH_L1, 0.5);
        yield c;
      }
      case "08_cascade_mask_rcnn_R_50_FPN" -> {
        Config c = Config.pyramid(narrow);
        c.fcDims = List.of(64, 64);
        c.cascade = true;
        c.mask = true;
        c.scoreThreshold = 0.12f;
        yield c;
      }
      case "12_panoptic_fpn_R_50" -> {
        Config c = Config.pyramid(narrow);
        c.mask = true;
        c.panoptic = true;
        yield c;
      }
      case "13_toy_standard" -> new Config();
      default -> throw new IllegalArgumentException(fixture);
    };
  }
}
