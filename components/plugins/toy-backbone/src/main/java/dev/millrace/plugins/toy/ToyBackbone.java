package dev.millrace.plugins.toy;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.Block;
import dev.millrace.components.Build;
import dev.millrace.components.ShapeSpec;
import dev.millrace.components.modeling.Backbone;
import dev.millrace.components.modeling.FeatureMaps;
import dev.millrace.components.modeling.Forward;
import dev.millrace.components.modeling.Layers;
import java.util.Map;

/** The backbone of Detectron2's "Write Models" page: one convolution. */
public final class ToyBackbone extends Backbone {

  /** It needs no arguments. */
  public record Args() {}

  private final Block conv1 = add("conv1", Layers.conv(64, 7, 16, 3, 1));

  public static ToyBackbone fromConfig(Args args, Build build) {
    return new ToyBackbone();
  }

  @Override
  public FeatureMaps forward(Forward forward, NDArray image) {
    return FeatureMaps.of("conv1", forward.apply(conv1, image));
  }

  @Override
  public Map<String, ShapeSpec> outputShape() {
    return Map.of("conv1", new ShapeSpec(64, 16));
  }
}
