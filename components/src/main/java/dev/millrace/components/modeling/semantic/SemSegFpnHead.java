package dev.millrace.components.modeling.semantic;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.millrace.components.Build;
import dev.millrace.components.ShapeSpec;
import dev.millrace.components.modeling.Arguments;
import dev.millrace.components.modeling.Component;
import dev.millrace.components.modeling.FeatureMaps;
import dev.millrace.components.modeling.Forward;
import dev.millrace.components.modeling.Initial;
import dev.millrace.components.modeling.Layers;
import dev.millrace.components.modeling.Norm;
import dev.millrace.components.modeling.NormConv;
import dev.millrace.components.trace.VisionOps;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Detectron2's {@code SemSegFPNHead} (Kirillov et al., Panoptic Feature Pyramid Networks, 2019):
 * each level is convolved and doubled in size until all have one stride, the sum is classified.
 *
 * <pre>
 *  p5 --conv, x2, conv, x2, conv, x2--> +
 *  p4 --conv, x2, conv, x2------------> +
 *  p3 --conv, x2----------------------> +
 *  p2 --conv--------------------------> + --1x1--> logits
 * </pre>
 */
public final class SemSegFpnHead extends SemSegHead {

  /** What a configuration says of it. */
  public record Args(
      @JsonPropertyDescription("Feature maps to look at") List<String> inFeatures,
      @JsonPropertyDescription(
              "Classes of pixels, with that of all things if there is one; default 54, COCO's")
          @Nullable Integer numClasses,
      @JsonPropertyDescription("Channels of the 3x3 convolutions, default 128")
          @Nullable Integer convsDim,
      @JsonPropertyDescription("The stride that all maps are brought to, default 4")
          @Nullable Integer commonStride,
      @JsonPropertyDescription(
              "Normalisation after each 3x3 convolution: " + Norm.NAMES + "; default GN")
          @Nullable String norm) {}

  /** Brings one level to the common stride. */
  private static final class ScaleHead extends Component {
    private final List<NormConv> convs = new ArrayList<>();
    private final boolean doubles;

    /**
     * @param doublings how many times its size is doubled
     */
    ScaleHead(int channels, int doublings, Norm norm) {
      doubles = doublings > 0;
      for (int i = 0; i < Math.max(1, doublings); i++) {
        // torch counts what enlarges as well
        convs.add(add(Integer.toString(2 * i), NormConv.of(channels, 3, norm, Initial.MSRA)));
      }
    }

    NDArray forward(Forward f, NDArray map) {
      NDArray x = map;
      for (NormConv conv : convs) {
        x = Activation.relu(conv.forward(f, x));
        x = doubles ? VisionOps.upsampleBilinear(x, 2) : x;
      }
      return x;
    }
  }

  private final Map<String, ScaleHead> scaleHeads = new LinkedHashMap<>();
  private final Block predictor;

  /**
   * @param shapes of the feature maps by name; strides are the common one times a power of two
   * @throws IllegalArgumentException if they are others
   */
  public SemSegFpnHead(
      Map<String, ShapeSpec> shapes, int classes, int channels, int commonStride, Norm norm) {
    shapes.entrySet().stream()
        .sorted(Map.Entry.comparingByValue((a, b) -> Integer.compare(a.stride(), b.stride())))
        .forEach(
            map ->
                scaleHeads.put(
                    map.getKey(),
                    add(
                        map.getKey(),
                        new ScaleHead(channels, doublings(map, commonStride), norm))));
    predictor = add("predictor", Layers.conv(classes, 1), Initial.MSRA);
  }

  private static int doublings(Map.Entry<String, ShapeSpec> map, int commonStride) {
    int times = map.getValue().stride() / commonStride;
    if (times * commonStride != map.getValue().stride() || Integer.bitCount(times) != 1) {
      throw new IllegalArgumentException(
          "expected feature maps whose stride is "
              + commonStride
              + " times a power of two, found "
              + map.getKey()
              + " of stride "
              + map.getValue().stride());
    }
    return Integer.numberOfTrailingZeros(times);
  }

  public static SemSegFpnHead fromConfig(Args args, Build build) {
    Map<String, ShapeSpec> shapes = Arguments.select(build, args.inFeatures());
    int classes = Arguments.positive(build, "numClasses", args.numClasses(), 54);
    int channels = Arguments.positive(build, "convsDim", args.convsDim(), 128);
    int stride = Arguments.positive(build, "commonStride", args.commonStride(), 4);
    try {
      return new SemSegFpnHead(
          shapes, classes, channels, stride, Norm.of(build, "norm", args.norm(), Norm.GN));
    } catch (IllegalArgumentException e) {
      throw build.mistake("commonStride", e.getMessage() + ".", "Choose the finest map's.");
    }
  }

  @Override
  public NDArray forward(Forward f, FeatureMaps features) {
    NDArray sum = null;
    for (Map.Entry<String, ScaleHead> level : scaleHeads.entrySet()) {
      NDArray map = level.getValue().forward(f, features.get(level.getKey()));
      sum = sum == null ? map : sum.add(map);
    }
    if (sum == null) {
      throw new IllegalStateException("no feature map");
    }
    return f.apply(predictor, sum);
  }
}
