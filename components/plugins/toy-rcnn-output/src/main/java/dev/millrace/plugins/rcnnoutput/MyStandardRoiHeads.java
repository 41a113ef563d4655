package dev.millrace.plugins.rcnnoutput;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.millrace.components.Build;
import dev.millrace.components.ComponentConfig;
import dev.millrace.components.ShapeSpec;
import dev.millrace.components.modeling.Arguments;
import dev.millrace.components.modeling.roi.BoxHead;
import dev.millrace.components.modeling.roi.RoiPooler;
import dev.millrace.components.modeling.roi.RoiTraining;
import dev.millrace.components.modeling.roi.StandardRoiHeads;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** ROI heads whose box predictor is {@link MyRcnnOutput}, by explicit argument. */
public final class MyStandardRoiHeads {

  /** What a configuration says of them: all but the predictor. */
  public record Args(
      @JsonPropertyDescription("Feature maps to pool from, finest first") List<String> inFeatures,
      @JsonPropertyDescription("How regions are pooled") RoiPooler.Args boxPooler,
      @JsonPropertyDescription("Pooled region to feature") ComponentConfig<BoxHead> boxHead,
      @JsonPropertyDescription("How they are trained") RoiTraining.@Nullable Args training) {}

  private MyStandardRoiHeads() {}

  public static StandardRoiHeads fromConfig(Args args, Build build) {
    Map<String, ShapeSpec> maps = Arguments.select(build, args.inFeatures());
    RoiPooler pooler = RoiPooler.fromConfig(args.boxPooler(), build, "boxPooler", maps.values());
    int channels = maps.values().iterator().next().channels();
    ShapeSpec pooled = ShapeSpec.pooled(channels, pooler.resolution(), pooler.resolution());
    return new StandardRoiHeads(
        args.inFeatures(),
        pooler,
        build.component(BoxHead.class, args.boxHead(), Map.of("pooled", pooled)),
        new MyRcnnOutput(build.classNames().size(), 2),
        RoiTraining.fromConfig(args.training(), build));
  }
}
