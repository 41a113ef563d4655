package dev.millrace.components.modeling.dense;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.Block;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.millrace.components.Build;
import dev.millrace.components.modeling.Forward;
import dev.millrace.components.modeling.Initial;
import dev.millrace.components.modeling.Layers;
import dev.millrace.components.modeling.Norm;
import dev.millrace.components.modeling.proposal.StandardRpnHead;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Detectron2's {@code FCOSHead}: RetinaNet's with one anchor a cell, and the centerness from the
 * subnet for boxes. It has no scale for each level, since deltas count in strides.
 */
public final class FcosHead extends RetinaNetHead {

  /** What a configuration says of it. */
  public record Args(
      @JsonPropertyDescription(
              "Channels of each subnet's 3x3 convolutions, one entry each; default four times as"
                  + " many as come in")
          @Nullable List<Integer> convDims,
      @JsonPropertyDescription(
              "Normalisation after each of them: GN (default), FrozenBN or '' (none)")
          @Nullable String norm,
      @JsonPropertyDescription(
              "Probability of each class that a head that nobody trained begins with, default 0.01")
          @Nullable Double priorProb) {}

  private final Block ctrness;

  /**
   * @param priorProb above 0 and below 1
   */
  public FcosHead(int classes, List<Integer> convDims, Norm norm, double priorProb) {
    super(classes, 1, convDims, norm, priorProb);
    ctrness = add("ctrness", Layers.conv(1, 3), Initial.normal(0.01));
  }

  public static FcosHead fromConfig(Args args, Build build) {
    if (StandardRpnHead.anchors(build) != 1) {
      throw build.mistake(
          "name",
          "expected one anchor a cell, found " + StandardRpnHead.anchors(build) + ".",
          "Use it with Fcos.");
    }
    return new FcosHead(
        build.classNames().size(),
        convDims(build, args.convDims()),
        norm(build, args.norm(), Norm.GN),
        priorProb(build, args.priorProb()));
  }

  @Override
  NDArray centerness(Forward f, NDArray boxFeature) {
    return f.apply(ctrness, boxFeature);
  }

  @Override
  public boolean centerness() {
    return true;
  }
}
