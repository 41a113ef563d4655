package dev.millrace.components.testing;

import dev.millrace.components.ShapeSpec;
import dev.millrace.components.modeling.BoxLoss;
import dev.millrace.components.modeling.BoxTransform;
import dev.millrace.components.modeling.GeneralizedRcnn;
import dev.millrace.components.modeling.backbone.FbNetStep;
import dev.millrace.components.modeling.backbone.FbNetV3;
import dev.millrace.components.modeling.proposal.DefaultAnchorGenerator;
import dev.millrace.components.modeling.proposal.FbNetV3RpnHead;
import dev.millrace.components.modeling.proposal.Rpn;
import dev.millrace.components.modeling.proposal.RpnTraining;
import dev.millrace.components.modeling.roi.FastRcnnOutputLayers;
import dev.millrace.components.modeling.roi.FbNetV3RoiBoxHead;
import dev.millrace.components.modeling.roi.RoiPooler;
import dev.millrace.components.modeling.roi.RoiTraining;
import dev.millrace.components.modeling.roi.StandardRoiHeads;
import dev.millrace.components.trace.VisionOps;
import java.util.List;

/** D2Go's Faster R-CNN FBNetV3A C4 by explicit constructors, its parts at hand. */
public final class D2Go {

  public final FbNetV3 backbone =
      new FbNetV3(
          3,
          List.of(
              List.of(conv(3, 16, 2), ir(3, 16, 1, 1)),
              List.of(ir(5, 32, 2, 4), ir(5, 32, 1, 2)),
              List.of(ir(5, 40, 2, 4), ir(3, 40, 1, 3), ir(3, 40, 1, 3), ir(3, 40, 1, 3)),
              List.of(
                  ir(5, 72, 2, 4),
                  ir(3, 72, 1, 3),
                  ir(3, 72, 1, 3),
                  ir(3, 72, 1, 3),
                  ir(5, 112, 1, 4),
                  ir(5, 112, 1, 4),
                  ir(5, 112, 1, 4),
                  ir(5, 112, 1, 4))),
          List.of("trunk3"));
  public final FbNetV3RpnHead rpnHead =
      new FbNetV3RpnHead(112, 15, List.of(ir(5, 112, 1, 4), ir(5, 112, 1, 4), ir(5, 112, 1, 4)));
  public final RoiPooler pooler =
      new RoiPooler(new VisionOps.RoiAlign(6, 6, 0, true), List.of(new ShapeSpec(112, 16)));
  public final FbNetV3RoiBoxHead boxHead =
      new FbNetV3RoiBoxHead(
          112, List.of(ir(3, 128, 2, 4), ir(3, 128, 1, 6), ir(3, 128, 1, 6), ir(3, 160, 1, 6)));
  public final FastRcnnOutputLayers boxPredictor =
      new FastRcnnOutputLayers(
          80, false, new BoxTransform(10, 10, 5, 5), 0.05f, 0.5f, 100, BoxLoss.STANDARD);
  public final Rpn rpn;
  public final GeneralizedRcnn model;

  public D2Go(int proposals) {
    rpn =
        new Rpn(
            List.of("trunk3"),
            new DefaultAnchorGenerator(
                List.of(List.of(32.0, 64.0, 96.0, 128.0, 160.0)),
                List.of(List.of(0.5, 1.0, 2.0)),
                new int[] {16},
                0),
            rpnHead,
            new BoxTransform(1, 1, 1, 1),
            1000,
            proposals,
            0.7f,
            0,
            RpnTraining.STANDARD);
    model =
        new GeneralizedRcnn(
            backbone,
            rpn,
            new StandardRoiHeads(
                List.of("trunk3"), pooler, boxHead, boxPredictor, RoiTraining.STANDARD),
            new float[] {103.53f, 116.28f, 123.675f},
            new float[] {1, 1, 1});
  }

  private static FbNetStep conv(int kernel, int channels, int stride) {
    return new FbNetStep("conv", kernel, channels, stride, null);
  }

  private static FbNetStep ir(int kernel, int channels, int stride, int expansion) {
    return new FbNetStep("ir", kernel, channels, stride, expansion);
  }
}
