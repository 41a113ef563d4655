package dev.millrace.components.modeling.roi;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.millrace.components.Build;
import dev.millrace.components.ShapeSpec;
import dev.millrace.components.modeling.Forward;
import dev.millrace.components.modeling.Initial;
import dev.millrace.components.modeling.Layers;
import dev.millrace.components.modeling.Norm;
import dev.millrace.components.modeling.NormConv;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Detectron2's {@code FastRCNNConvFCHead}: 3x3 convolutions, then fully connected layers, each with
 * ReLU.
 */
public final class FastRcnnConvFcHead extends BoxHead {

  /** What a configuration says of it. */
  public record Args(
      @JsonPropertyDescription("Channels of the convolutions, default none")
          @Nullable List<Integer> convDims,
      @JsonPropertyDescription("Units of the fully connected layers, default [1024, 1024]")
          @Nullable List<Integer> fcDims,
      @JsonPropertyDescription(
              "Normalisation after each convolution: " + Norm.NAMES + "; default none")
          @Nullable String norm) {}

  private final List<NormConv> convs = new ArrayList<>();
  private final List<Block> fcs = new ArrayList<>();
  private final ShapeSpec outputShape;

  /**
   * @param input channels, height and width of a pooled region
   * @param norm after each convolution, which then has no bias
   */
  public FastRcnnConvFcHead(
      ShapeSpec input, List<Integer> convDims, List<Integer> fcDims, Norm norm) {
    int channels = input.channels();
    for (int dim : convDims) {
      convs.add(add("conv" + (convs.size() + 1), NormConv.of(dim, 3, norm, Initial.MSRA)));
      channels = dim;
    }
    for (int dim : fcDims) {
      fcs.add(add("fc" + (fcs.size() + 1), Layers.linear(dim), Initial.XAVIER));
    }
    outputShape =
        fcDims.isEmpty()
            ? ShapeSpec.pooled(channels, input.height(), input.width())
            : ShapeSpec.pooled(fcDims.get(fcDims.size() - 1), 1, 1);
  }

  public static FastRcnnConvFcHead fromConfig(Args args, Build build) {
    return new FastRcnnConvFcHead(
        build.onlyInput(),
        dims(build, "convDims", args.convDims(), List.of()),
        dims(build, "fcDims", args.fcDims(), List.of(1024, 1024)),
        Norm.of(build, "norm", args.norm(), Norm.NONE));
  }

  private static List<Integer> dims(
      Build build, String key, @Nullable List<Integer> given, List<Integer> standard) {
    List<Integer> dims = given == null ? standard : given;
    if (dims.stream().anyMatch(dim -> dim < 1)) {
      throw build.mistake(
          key,
          "expected 1 or more each, found " + dims + ".",
          "Leave it out for " + standard + ".");
    }
    return dims;
  }

  @Override
  public NDArray forward(Forward f, NDArray pooled) {
    NDArray x = pooled;
    for (NormConv conv : convs) {
      x = Activation.relu(conv.forward(f, x));
    }
    if (!fcs.isEmpty()) {
      long rows = x.getShape().get(0);
      x = x.reshape(rows, x.getShape().slice(1).size());
      for (Block fc : fcs) {
        x = Activation.relu(f.apply(fc, x));
      }
    }
    return x;
  }

  @Override
  public ShapeSpec outputShape() {
    return outputShape;
  }
}
