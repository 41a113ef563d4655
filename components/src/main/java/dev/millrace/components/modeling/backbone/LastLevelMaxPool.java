package dev.millrace.components.modeling.backbone;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.pooling.Pool;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.millrace.components.Build;
import dev.millrace.components.modeling.Forward;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Detectron2's {@code LastLevelMaxPool}: every other cell of the coarsest level. */
public final class LastLevelMaxPool extends TopBlock {

  /** What a configuration says of it. */
  public record Args(
      @JsonPropertyDescription("The pyramid's map that it starts from, default p5")
          @Nullable String inFeature) {}

  private final String inFeature;

  public LastLevelMaxPool(String inFeature) {
    this.inFeature = inFeature;
  }

  public static LastLevelMaxPool fromConfig(Args args, Build build) {
    return new LastLevelMaxPool(args.inFeature() == null ? "p5" : args.inFeature());
  }

  @Override
  public String inFeature() {
    return inFeature;
  }

  @Override
  public int levels() {
    return 1;
  }

  @Override
  public List<NDArray> forward(Forward f, NDArray x) {
    return List.of(Pool.maxPool2d(x, new Shape(1, 1), new Shape(2, 2), new Shape(0, 0), false));
  }
}
