package dev.millrace.components.modeling.roi;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.millrace.components.Build;
import dev.millrace.components.ShapeSpec;
import dev.millrace.components.modeling.Forward;
import dev.millrace.components.modeling.Layers;
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
          @Nullable List<Integer> fcDims) {}

  private final List<Block> convs = new ArrayList<>();
  private final List<Block> fcs = new ArrayList<>();
  private final ShapeSpec outputShape;

  public FastRcnnConvFcHead(ShapeSpec input, List<Integer> convDims, List<Integer> fcDims) {
    int channels = input.channels();
    for (int dim : convDims) {
      convs.add(add("conv" + (convs.size() + 1), Layers.conv(dim, 3)));
      channels = dim;
    }
    for (int dim : fcDims) {
      fcs.add(add("fc" + (fcs.size() + 1), Layers.linear(dim)));
    }
    outputShape =
        fcDims.isEmpty()
            ? ShapeSpec.pooled(channels, input.height(), input.width())
            : ShapeSpec.pooled(fcDims.get(fcDims.size() - 1), 1, 1);
  }

  public static FastRcnnConvFcHead fromConfig(Args args, Build build) {
    return new FastRcnnConvFcHead(
        build.onlyInput(),
        args.convDims() == null ? List.of() : args.convDims(),
        args.fcDims() == null ? List.of(1024, 1024) : args.fcDims());
  }

  @Override
  public NDArray forward(Forward f, NDArray pooled) {
    NDArray x = pooled;
    for (Block conv : convs) {
      x = Activation.relu(f.apply(conv, x));
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
