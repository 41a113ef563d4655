package dev.millrace.components.modeling.roi;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.millrace.components.Build;
import dev.millrace.components.modeling.Forward;
import dev.millrace.components.modeling.Initial;
import dev.millrace.components.modeling.Layers;
import dev.millrace.components.trace.VisionOps;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Detectron2's {@code KRCNNConvDeconvUpsampleHead} (He et al., Mask R-CNN, 2017, section 5): 3x3
 * convolutions with ReLU, a transposed one that doubles the size, and bilinear interpolation that
 * doubles it again.
 */
public final class KrcnnConvDeconvUpsampleHead extends KeypointHead {

  /** What a configuration says of it. */
  public record Args(
      @JsonPropertyDescription("Keypoints of an object, default COCO's 17")
          @Nullable Integer numKeypoints,
      @JsonPropertyDescription("Channels of the convolutions, default eight of 512")
          @Nullable List<Integer> convDims) {}

  private static final List<Integer> CONV_DIMS = List.of(512, 512, 512, 512, 512, 512, 512, 512);
  private static final int UP_SCALE = 2;

  private final List<Block> convs = new ArrayList<>();
  private final Block scoreLowres;

  /**
   * @param keypoints at least 1
   */
  public KrcnnConvDeconvUpsampleHead(int keypoints, List<Integer> convDims) {
    for (int dim : convDims) {
      convs.add(add("conv_fcn" + (convs.size() + 1), Layers.conv(dim, 3), Initial.MSRA));
    }
    scoreLowres = add("score_lowres", new ConvTranspose(keypoints, 4, 2, 1), Initial.MSRA);
  }

  public static KrcnnConvDeconvUpsampleHead fromConfig(Args args, Build build) {
    int keypoints = args.numKeypoints() == null ? 17 : args.numKeypoints();
    if (keypoints < 1) {
      throw build.mistake(
          "numKeypoints", "expected 1 or more, found " + keypoints + ".", "Leave it out for 17.");
    }
    List<Integer> dims = args.convDims() == null ? CONV_DIMS : args.convDims();
    if (dims.stream().anyMatch(dim -> dim < 1)) {
      throw build.mistake(
          "convDims",
          "expected 1 or more each, found " + dims + ".",
          "Leave it out for " + CONV_DIMS + ".");
    }
    return new KrcnnConvDeconvUpsampleHead(keypoints, dims);
  }

  /** (M, K, 2 h, 2 w): before the interpolation. */
  public NDArray lowres(Forward f, NDArray pooled) {
    NDArray x = pooled;
    for (Block conv : convs) {
      x = Activation.relu(f.apply(conv, x));
    }
    return f.apply(scoreLowres, x);
  }

  @Override
  public NDArray forward(Forward f, NDArray pooled) {
    return VisionOps.upsampleBilinear(lowres(f, pooled), UP_SCALE);
  }
}
