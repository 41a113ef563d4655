package dev.millrace.components.modeling.proposal;

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

/** D2Go's {@code FBNetV2RpnHead}: inverted residuals, then two 1x1 convolutions. */
public final class FbNetV3RpnHead extends RpnHead {

  /** What a configuration says of it. */
  public record Args(
      @JsonPropertyDescription("The inverted residuals") List<FbNetStep> steps,
      @JsonPropertyDescription(FbNetTrunk.INT8_RANGES) @Nullable Boolean int8Ranges) {}

  private final FbNetTrunk feature;
  private final Block clsLogits;
  private final Block bboxPred;

  /** Without limits. */
  public FbNetV3RpnHead(int inputChannels, int anchors, List<FbNetStep> steps) {
    this(inputChannels, anchors, steps, false);
  }

  /**
   * @param int8Ranges whether each convolution's output is limited as in an int8 model
   */
  public FbNetV3RpnHead(int inputChannels, int anchors, List<FbNetStep> steps, boolean int8Ranges) {
    feature = add("rpn_feature.0", new FbNetTrunk(0, inputChannels, steps, int8Ranges));
    clsLogits = add("rpn_regressor.cls_logits", Layers.conv(anchors, 1), Initial.normal(0.01));
    bboxPred = add("rpn_regressor.bbox_pred", Layers.conv(4 * anchors, 1), Initial.normal(0.01));
    if (feature.stride() != 1 || feature.upscale() != 1) {
      throw new IllegalArgumentException(
          "expected steps of stride 1, since anchors belong to cells");
    }
  }

  public static FbNetV3RpnHead fromConfig(Args args, Build build) {
    try {
      return new FbNetV3RpnHead(
          StandardRpnHead.channels(build),
          StandardRpnHead.anchors(build),
          args.steps(),
          Boolean.TRUE.equals(args.int8Ranges()));
    } catch (IllegalArgumentException e) {
      throw build.mistake("steps", e.getMessage() + ".", "Leave stride out.");
    }
  }

  @Override
  public Prediction forward(Forward f, NDArray x) {
    NDArray y = feature.forward(f, x);
    return new Prediction(f.apply(clsLogits, y), f.apply(bboxPred, y));
  }
}
