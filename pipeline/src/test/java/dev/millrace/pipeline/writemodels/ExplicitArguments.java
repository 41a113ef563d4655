package dev.millrace.pipeline.writemodels;

import dev.millrace.components.ShapeSpec;
import dev.millrace.components.modeling.Backbone;
import dev.millrace.components.modeling.BoxTransform;
import dev.millrace.components.modeling.GeneralizedRcnn;
import dev.millrace.components.modeling.Norm;
import dev.millrace.components.modeling.proposal.DefaultAnchorGenerator;
import dev.millrace.components.modeling.proposal.Rpn;
import dev.millrace.components.modeling.proposal.RpnTraining;
import dev.millrace.components.modeling.proposal.StandardRpnHead;
import dev.millrace.components.modeling.roi.FastRcnnConvFcHead;
import dev.millrace.components.modeling.roi.RoiPooler;
import dev.millrace.components.modeling.roi.RoiTraining;
import dev.millrace.components.modeling.roi.StandardRoiHeads;
import dev.millrace.components.trace.VisionOps;
import dev.millrace.plugins.rcnnoutput.MyRcnnOutput;
import dev.millrace.plugins.toy.ToyBackbone;
import java.util.List;

/** A whole model without a registry, as docs/write-models.md shows it. */
final class ExplicitArguments {

  private ExplicitArguments() {}

  static GeneralizedRcnn model() {
    Backbone backbone = new ToyBackbone();
    List<String> maps = List.of("conv1");
    ShapeSpec conv1 = backbone.outputShape().get("conv1");
    return new GeneralizedRcnn(
        backbone,
        new Rpn(
            maps,
            new DefaultAnchorGenerator(
                List.of(List.of(64.0, 128.0)),
                List.of(List.of(0.5, 1.0, 2.0)),
                new int[] {conv1.stride()},
                0),
            new StandardRpnHead(conv1.channels(), 6, List.of(-1)),
            new BoxTransform(1, 1, 1, 1),
            1000,
            100,
            0.7f,
            0,
            RpnTraining.STANDARD),
        new StandardRoiHeads(
            maps,
            new RoiPooler(new VisionOps.RoiAlign(7, 7, 0, true), List.of(conv1)),
            new FastRcnnConvFcHead(
                ShapeSpec.pooled(conv1.channels(), 7, 7), List.of(), List.of(128), Norm.NONE),
            new MyRcnnOutput(80, 2),
            RoiTraining.STANDARD),
        new float[] {103.53f, 116.28f, 123.675f},
        new float[] {1, 1, 1});
  }
}
