package dev.millrace.components.testing;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.Activation;
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
import dev.millrace.components.modeling.proposal.DefaultAnchorGenerator;
import dev.millrace.components.modeling.proposal.Rpn;
import dev.millrace.components.modeling.proposal.RpnTraining;
import dev.millrace.components.modeling.proposal.StandardRpnHead;
import dev.millrace.components.modeling.roi.FastRcnnConvFcHead;
import dev.millrace.components.modeling.roi.FastRcnnOutputLayers;
import dev.millrace.components.modeling.roi.RoiPooler;
import dev.millrace.components.modeling.roi.RoiTraining;
import dev.millrace.components.modeling.roi.StandardRoiHeads;
import dev.millrace.components.trace.VisionOps;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A small Faster R-CNN by explicit constructors: two feature levels of strides 4 and 8, three
 * classes, images padded to multiples of 16.
 */
public final class TwoLevels {

  private TwoLevels() {}

  /** Convolutions that see no further than the padding's zeros let them. */
  public static final class TwoLevelBackbone extends Backbone {

    private final Block stem = add("stem", Layers.conv(8, 4, 4, 0, 1));
    private final Block fine = add("fine", Layers.conv(8, 1));
    private final Block coarse = add("coarse", Layers.conv(8, 2, 2, 0, 1));

    @Override
    public FeatureMaps forward(Forward f, NDArray image) {
      NDArray x = Activation.relu(f.apply(stem, image.div(64f)));
      Map<String, NDArray> maps = new LinkedHashMap<>();
      maps.put("p2", f.apply(fine, x));
      maps.put("p3", f.apply(coarse, x));
      return new FeatureMaps(maps);
    }

    @Override
    public Map<String, ShapeSpec> outputShape() {
      Map<String, ShapeSpec> shapes = new LinkedHashMap<>();
      shapes.put("p2", new ShapeSpec(8, 4));
      shapes.put("p3", new ShapeSpec(8, 8));
      return shapes;
    }

    @Override
    public int sizeDivisibility() {
      return 16;
    }
  }

  /** A new model with other names for nothing: its parameters are its own. */
  public static GeneralizedRcnn model(Backbone backbone, float scoreThreshold) {
    return new GeneralizedRcnn(
        backbone,
        new Rpn(
            List.of("p2", "p3"),
            new DefaultAnchorGenerator(
                List.of(List.of(12.0, 20.0), List.of(24.0, 40.0)),
                List.of(List.of(0.5, 1.0)),
                new int[] {4, 8},
                0),
            new StandardRpnHead(8, 4, List.of(-1)),
            new BoxTransform(1, 1, 1, 1),
            60,
            20,
            0.7f,
            0,
            RpnTraining.STANDARD),
        new StandardRoiHeads(
            List.of("p2", "p3"),
            new RoiPooler(
                new VisionOps.RoiAlign(3, 3, 0, true),
                List.of(new ShapeSpec(8, 4), new ShapeSpec(8, 8))),
            new FastRcnnConvFcHead(ShapeSpec.pooled(8, 3, 3), List.of(), List.of(16), Norm.NONE),
            new FastRcnnOutputLayers(
                3,
                false,
                new BoxTransform(10, 10, 5, 5),
                scoreThreshold,
                0.5f,
                10,
                BoxLoss.STANDARD),
            RoiTraining.STANDARD),
        new float[] {103.53f, 116.28f, 123.675f},
        new float[] {1, 1, 1});
  }

  /** The same in a configuration: a Faster R-CNN over p2 and p3, whatever their backbone. */
  public static Map<String, Object> architecture(
      Map<String, Object> backbone, double scoreThreshold) {
    Map<String, Object> rpn =
        TreeBinder.node(
            "Rpn",
            "inFeatures",
            List.of("p2", "p3"),
            "anchorGenerator",
            TreeBinder.node(
                "DefaultAnchorGenerator",
                "sizes",
                List.of(List.of(12, 20), List.of(24, 40)),
                "aspectRatios",
                List.of(List.of(0.5, 1.0))),
            "head",
            TreeBinder.node("StandardRpnHead"),
            "preNmsTopk",
            60,
            "postNmsTopk",
            20);
    Map<String, Object> heads =
        TreeBinder.node(
            "StandardRoiHeads",
            "inFeatures",
            List.of("p2", "p3"),
            "boxPooler",
            Map.of("resolution", 3),
            "boxHead",
            TreeBinder.node("FastRcnnConvFcHead", "fcDims", List.of(16)),
            "boxPredictor",
            TreeBinder.node("FastRcnnOutputLayers", "testScoreThresh", scoreThreshold));
    return TreeBinder.node(
        "GeneralizedRcnn", "backbone", backbone, "proposalGenerator", rpn, "roiHeads", heads);
  }
}
