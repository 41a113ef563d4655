package dev.millrace.components.modeling.roi;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.pooling.Pool;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.millrace.components.Build;
import dev.millrace.components.ShapeSpec;
import dev.millrace.components.modeling.Forward;
import dev.millrace.components.modeling.backbone.FbNetStep;
import dev.millrace.components.modeling.backbone.FbNetTrunk;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** D2Go's {@code FBNetV2RoIBoxHead}: inverted residuals, then the mean over the region. */
public final class FbNetV3RoiBoxHead extends BoxHead {

  /** What a configuration says of it. */
  public record Args(
      @JsonPropertyDescription("The inverted residuals") List<FbNetStep> steps,
      @JsonPropertyDescription(FbNetTrunk.INT8_RANGES) @Nullable Boolean int8Ranges) {}

  private final FbNetTrunk trunk;

  /** Without limits. */
  public FbNetV3RoiBoxHead(int inputChannels, List<FbNetStep> steps) {
    this(inputChannels, steps, false);
  }

  /**
   * @param int8Ranges whether each convolution's output is limited as in an int8 model
   */
  public FbNetV3RoiBoxHead(int inputChannels, List<FbNetStep> steps, boolean int8Ranges) {
    trunk = add("roi_box_conv.0", new FbNetTrunk(0, inputChannels, steps, int8Ranges));
  }

  public static FbNetV3RoiBoxHead fromConfig(Args args, Build build) {
    return new FbNetV3RoiBoxHead(
        build.onlyInput().channels(), args.steps(), Boolean.TRUE.equals(args.int8Ranges()));
  }

  @Override
  public NDArray forward(Forward f, NDArray pooled) {
    return Pool.globalAvgPool2d(trunk.forward(f, pooled));
  }

  @Override
  public ShapeSpec outputShape() {
    return ShapeSpec.pooled(trunk.channels(), 1, 1);
  }
}
