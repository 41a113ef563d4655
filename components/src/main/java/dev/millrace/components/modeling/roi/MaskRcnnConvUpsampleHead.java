package dev.millrace.components.modeling.roi;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.millrace.components.Build;
import dev.millrace.components.modeling.Forward;
import dev.millrace.components.modeling.Initial;
import dev.millrace.components.modeling.Layers;
import dev.millrace.components.modeling.Norm;
import dev.millrace.components.modeling.NormConv;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Detectron2's {@code MaskRCNNConvUpsampleHead} (He et al., Mask R-CNN, 2017, figure 4): 3x3
 * convolutions, a transposed one that doubles the size, each with ReLU, and one of 1x1.
 */
public final class MaskRcnnConvUpsampleHead extends MaskHead {

  /** What a configuration says of it. */
  public record Args(
      @JsonPropertyDescription(
              "Channels of the convolutions and, last, of the one that doubles the size; default"
                  + " [256, 256, 256, 256, 256]")
          @Nullable List<Integer> convDims,
      @JsonPropertyDescription(
              "Normalisation after each convolution: " + Norm.NAMES + "; default none")
          @Nullable String norm,
      @JsonPropertyDescription("One mask for all classes, default false")
          @Nullable Boolean clsAgnosticMask) {}

  private static final List<Integer> CONV_DIMS = List.of(256, 256, 256, 256, 256);

  private final List<NormConv> convs = new ArrayList<>();
  private final Block deconv;
  private final Block predictor;

  /**
   * @param masks the number of classes, or 1: one mask for all
   * @param convDims at least one
   * @param norm after each convolution but the transposed one; these then have no bias
   */
  public MaskRcnnConvUpsampleHead(int masks, List<Integer> convDims, Norm norm) {
    int last = convDims.size() - 1;
    for (int dim : convDims.subList(0, last)) {
      convs.add(add("mask_fcn" + (convs.size() + 1), NormConv.of(dim, 3, norm, Initial.MSRA)));
    }
    deconv = add("deconv", new ConvTranspose(convDims.get(last), 2, 2, 0), Initial.MSRA);
    predictor = add("predictor", Layers.conv(masks, 1), Initial.normal(0.001));
  }

  public static MaskRcnnConvUpsampleHead fromConfig(Args args, Build build) {
    List<Integer> dims = args.convDims() == null ? CONV_DIMS : args.convDims();
    if (dims.isEmpty() || dims.stream().anyMatch(dim -> dim < 1)) {
      throw build.mistake(
          "convDims",
          "expected at least one number, 1 or more each, found " + dims + ".",
          "Leave it out for " + CONV_DIMS + ".");
    }
    return new MaskRcnnConvUpsampleHead(
        Boolean.TRUE.equals(args.clsAgnosticMask()) ? 1 : build.classNames().size(),
        dims,
        Norm.of(build, "norm", args.norm(), Norm.NONE));
  }

  @Override
  public NDArray forward(Forward f, NDArray pooled) {
    NDArray x = pooled;
    for (NormConv conv : convs) {
      x = Activation.relu(conv.forward(f, x));
    }
    return f.apply(predictor, Activation.relu(f.apply(deconv, x)));
  }
}
