package dev.millrace.components.modeling.roi;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.Block;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.millrace.components.Build;
import dev.millrace.components.modeling.Forward;
import dev.millrace.components.modeling.Initial;
import dev.millrace.components.modeling.Layers;
import dev.millrace.components.modeling.backbone.FbNetStep;
import dev.millrace.components.modeling.backbone.FbNetTrunk;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** D2Go's {@code FBNetV2RoIMaskHead}: inverted residuals, then a 1x1 convolution. */
public final class FbNetV3RoiMaskHead extends MaskHead {

  /** What a configuration says of it. */
  public record Args(
      @JsonPropertyDescription("The inverted residuals") List<FbNetStep> steps,
      @JsonPropertyDescription("One mask for all classes, default false")
          @Nullable Boolean clsAgnosticMask,
      @JsonPropertyDescription(FbNetTrunk.INT8_RANGES) @Nullable Boolean int8Ranges) {}

  private final FbNetTrunk extractor;
  private final Block logits;

  /**
   * @param masks the number of classes, or 1: one mask for all
   * @param int8Ranges whether each convolution's output is limited as in an int8 model
   */
  public FbNetV3RoiMaskHead(
      int inputChannels, List<FbNetStep> steps, int masks, boolean int8Ranges) {
    extractor = add("feature_extractor.0", new FbNetTrunk(0, inputChannels, steps, int8Ranges));
    logits = add("predictor.mask_fcn_logits", Layers.conv(masks, 1), Initial.normal(0.001));
  }

  public static FbNetV3RoiMaskHead fromConfig(Args args, Build build) {
    return new FbNetV3RoiMaskHead(
        build.onlyInput().channels(),
        args.steps(),
        Boolean.TRUE.equals(args.clsAgnosticMask()) ? 1 : build.classNames().size(),
        Boolean.TRUE.equals(args.int8Ranges()));
  }

  @Override
  public NDArray forward(Forward f, NDArray pooled) {
    return f.apply(logits, extractor.forward(f, pooled));
  }
}
