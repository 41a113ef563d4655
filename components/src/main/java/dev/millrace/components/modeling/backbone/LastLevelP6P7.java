package dev.millrace.components.modeling.backbone;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.millrace.components.Build;
import dev.millrace.components.ShapeSpec;
import dev.millrace.components.modeling.Forward;
import dev.millrace.components.modeling.Initial;
import dev.millrace.components.modeling.Layers;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Detectron2's {@code LastLevelP6P7}, of RetinaNet: two 3x3 convolutions of stride 2. */
public final class LastLevelP6P7 extends TopBlock {

  /** What a configuration says of it. */
  public record Args(
      @JsonPropertyDescription("The map that it starts from, default res5")
          @Nullable String inFeature) {}

  private final String inFeature;
  private final Block p6;
  private final Block p7;

  public LastLevelP6P7(int outChannels, String inFeature) {
    this.inFeature = inFeature;
    p6 = add("p6", Layers.conv(outChannels, 3, 2, 1, 1), Initial.XAVIER);
    p7 = add("p7", Layers.conv(outChannels, 3, 2, 1, 1), Initial.XAVIER);
  }

  public static LastLevelP6P7 fromConfig(Args args, Build build) {
    int channels = 0;
    for (ShapeSpec shape : build.inputShape().values()) {
      channels = shape.channels();
    }
    return new LastLevelP6P7(channels, args.inFeature() == null ? "res5" : args.inFeature());
  }

  @Override
  public String inFeature() {
    return inFeature;
  }

  @Override
  public int levels() {
    return 2;
  }

  @Override
  public List<NDArray> forward(Forward f, NDArray x) {
    NDArray six = f.apply(p6, x);
    return List.of(six, f.apply(p7, Activation.relu(six)));
  }
}
