package dev.millrace.plugins.roiheads;

import dev.millrace.components.ShapeSpec;
import dev.millrace.components.contract.RoiHeadsContract;
import dev.millrace.components.modeling.BoxLoss;
import dev.millrace.components.modeling.BoxTransform;
import dev.millrace.components.modeling.Norm;
import dev.millrace.components.modeling.RoiHeads;
import dev.millrace.components.modeling.roi.FastRcnnConvFcHead;
import dev.millrace.components.modeling.roi.FastRcnnOutputLayers;
import dev.millrace.components.modeling.roi.RoiPooler;
import dev.millrace.components.modeling.roi.RoiTraining;
import dev.millrace.components.modeling.roi.StandardRoiHeads;
import dev.millrace.components.trace.VisionOps;
import java.util.List;
import java.util.Map;

/** The heads with explicit arguments, and the contract that all ROI heads keep. */
class DistanceRoiHeadsContractTest extends RoiHeadsContract {

  @Override
  protected RoiHeads heads() {
    List<String> maps = List.of("res4");
    RoiPooler pooler = new RoiPooler(new VisionOps.RoiAlign(3, 3, 0, true), features().values());
    RoiHeads finder =
        new StandardRoiHeads(
            maps,
            pooler,
            new FastRcnnConvFcHead(ShapeSpec.pooled(8, 3, 3), List.of(), List.of(16), Norm.NONE),
            new FastRcnnOutputLayers(
                classes(),
                false,
                new BoxTransform(10, 10, 5, 5),
                0.05f,
                0.5f,
                10,
                BoxLoss.STANDARD),
            RoiTraining.STANDARD);
    return new DistanceRoiHeads(finder, maps, pooler);
  }

  @Override
  protected Map<String, ShapeSpec> features() {
    return Map.of("res4", new ShapeSpec(8, 16));
  }

  @Override
  protected int classes() {
    return 3;
  }
}
