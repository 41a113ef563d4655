package dev.millrace.plugins.roiheads;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.millrace.components.Build;
import dev.millrace.components.ComponentConfig;
import dev.millrace.components.ShapeSpec;
import dev.millrace.components.modeling.Arguments;
import dev.millrace.components.modeling.FeatureMaps;
import dev.millrace.components.modeling.Forward;
import dev.millrace.components.modeling.Instances;
import dev.millrace.components.modeling.Layers;
import dev.millrace.components.modeling.Proposals;
import dev.millrace.components.modeling.RoiHeads;
import dev.millrace.components.modeling.roi.RoiPooler;
import dev.millrace.components.supervision.Supervision;
import java.util.List;
import java.util.Map;

/** Tells how far each object is: other heads find them, a head of its own looks at each again. */
public final class DistanceRoiHeads extends RoiHeads {

  /** The field: (N, D, 1), in metres. */
  public static final String DISTANCE = "distance";

  /** What a configuration says of it. */
  public record Args(
      @JsonPropertyDescription("The heads that find the objects") ComponentConfig<RoiHeads> finder,
      @JsonPropertyDescription("Feature maps to pool from, finest first") List<String> inFeatures,
      @JsonPropertyDescription("How objects are pooled") RoiPooler.Args pooler) {}

  private final RoiHeads finder;
  private final List<String> inFeatures;
  private final RoiPooler pooler;
  private final Block hidden = add("distance_head.fc1", Layers.linear(64));
  private final Block distance = add("distance_head.fc2", Layers.linear(1));

  /**
   * @param finder finds the objects; its parameters keep their names
   * @param inFeatures names of the feature maps that {@code pooler} was made for, in its order
   */
  public DistanceRoiHeads(RoiHeads finder, List<String> inFeatures, RoiPooler pooler) {
    this.finder = add("", finder);
    this.inFeatures = List.copyOf(inFeatures);
    this.pooler = pooler;
  }

  public static DistanceRoiHeads fromConfig(Args args, Build build) {
    Map<String, ShapeSpec> maps = Arguments.select(build, args.inFeatures());
    return new DistanceRoiHeads(
        build.component(RoiHeads.class, args.finder(), build.inputShape()),
        args.inFeatures(),
        RoiPooler.fromConfig(args.pooler(), build, "pooler", maps.values()));
  }

  @Override
  public Instances forward(Forward f, FeatureMaps features, Proposals proposals, NDArray sizes) {
    Instances found = finder.forward(f, features, proposals, sizes);
    NDArray pooled = pooler.forward(inFeatures.stream().map(features::get).toList(), found.boxes());
    Shape shape = pooled.getShape();
    NDArray x = pooled.reshape(shape.get(0), shape.slice(1).size());
    x = f.apply(distance, Activation.relu(f.apply(hidden, x)));
    Shape rows = found.scores().getShape();
    return found.with(DISTANCE, x.exp().reshape(rows.get(0), rows.get(1), 1));
  }

  @Override
  public void train(Forward f, FeatureMaps features, Proposals proposals, Supervision supervision) {
    finder.train(f, features, proposals, supervision);
  }
}
