package dev.millrace.components.modeling.roi;

import ai.djl.ndarray.NDArray;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.millrace.components.Build;
import dev.millrace.components.modeling.Forward;
import dev.millrace.components.modeling.backbone.FbNetBlock;
import dev.millrace.components.modeling.backbone.FbNetStep;
import dev.millrace.components.modeling.backbone.FbNetTrunk;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** D2Go's {@code FBNetV2RoIKeypointHead}: inverted residuals, of which the last gives the maps. */
public final class FbNetV3RoiKeypointHead extends KeypointHead {

  /** What a configuration says of it. */
  public record Args(
      @JsonPropertyDescription("The inverted residuals") List<FbNetStep> steps,
      @JsonPropertyDescription("The last one, with a channel for each keypoint")
          FbNetStep predictor,
      @JsonPropertyDescription(FbNetTrunk.INT8_RANGES) @Nullable Boolean int8Ranges) {}

  private final FbNetTrunk extractor;
  private final FbNetBlock scores;

  /**
   * @param predictor with a channel for each keypoint
   * @param int8Ranges whether each convolution's output is limited as in an int8 model
   */
  public FbNetV3RoiKeypointHead(
      int inputChannels, List<FbNetStep> steps, FbNetStep predictor, boolean int8Ranges) {
    extractor = add("feature_extractor.0", new FbNetTrunk(0, inputChannels, steps, int8Ranges));
    scores =
        add(
            "predictor.kps_score_lowres",
            new FbNetBlock(extractor.channels(), predictor, false, int8Ranges));
  }

  public static FbNetV3RoiKeypointHead fromConfig(Args args, Build build) {
    return new FbNetV3RoiKeypointHead(
        build.onlyInput().channels(),
        args.steps(),
        args.predictor(),
        Boolean.TRUE.equals(args.int8Ranges()));
  }

  @Override
  public NDArray forward(Forward f, NDArray pooled) {
    return scores.forward(f, extractor.forward(f, pooled));
  }
}
