package dev.millrace.components.modeling.backbone;

import ai.djl.ndarray.NDArray;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.millrace.components.Build;
import dev.millrace.components.ShapeSpec;
import dev.millrace.components.modeling.Backbone;
import dev.millrace.components.modeling.FeatureMaps;
import dev.millrace.components.modeling.Forward;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The mobile backbone of D2Go's models (Dai et al., FBNetV3, 2020), its architecture given by
 * configuration. Trunk {@code i} is a feature map {@code trunk<i>}; D2Go's name for the last one of
 * a C4 model is {@code res4}.
 */
public final class FbNetV3 extends Backbone {

  /** What a configuration says of it. */
  public record Args(
      @JsonPropertyDescription("For each trunk its steps, from the image on")
          List<List<FbNetStep>> trunks,
      @JsonPropertyDescription("Trunks whose maps are given on; default: the last")
          @Nullable List<String> outFeatures,
      @JsonPropertyDescription(FbNetTrunk.INT8_RANGES) @Nullable Boolean int8Ranges) {}

  private final List<FbNetTrunk> trunks = new ArrayList<>();
  private final Map<String, ShapeSpec> outputShape = new LinkedHashMap<>();

  /** Without limits. */
  public FbNetV3(int inputChannels, List<List<FbNetStep>> steps, List<String> outFeatures) {
    this(inputChannels, steps, outFeatures, false);
  }

  /**
   * @param steps for each trunk its steps
   * @param outFeatures names {@code trunk0}, {@code trunk1}, ...
   * @param int8Ranges whether each convolution's output is limited as in an int8 model
   */
  public FbNetV3(
      int inputChannels,
      List<List<FbNetStep>> steps,
      List<String> outFeatures,
      boolean int8Ranges) {
    int channels = inputChannels;
    int stride = 1;
    for (int i = 0; i < steps.size(); i++) {
      FbNetTrunk trunk =
          add("body.trunk" + i, new FbNetTrunk(i, channels, steps.get(i), int8Ranges));
      if (trunk.upscale() != 1) {
        throw new IllegalArgumentException(
            "expected trunks that do not enlarge, found trunk" + i + " with " + steps.get(i));
      }
      trunks.add(trunk);
      channels = trunk.channels();
      stride *= trunk.stride();
      if (outFeatures.contains("trunk" + i)) {
        outputShape.put("trunk" + i, new ShapeSpec(channels, stride));
      }
    }
    if (outputShape.size() != outFeatures.size() || outputShape.isEmpty()) {
      throw new IllegalArgumentException(
          "expected output features among trunk0 to trunk"
              + (steps.size() - 1)
              + ", found "
              + outFeatures);
    }
  }

  /** The "from config" way. */
  public static FbNetV3 fromConfig(Args args, Build build) {
    List<String> out =
        args.outFeatures() == null
            ? List.of("trunk" + (args.trunks().size() - 1))
            : args.outFeatures();
    try {
      return new FbNetV3(
          build.onlyInput().channels(), args.trunks(), out, Boolean.TRUE.equals(args.int8Ranges()));
    } catch (IllegalArgumentException e) {
      throw build.mistake("outFeatures", e.getMessage() + ".", "Name trunks of this architecture.");
    }
  }

  @Override
  public FeatureMaps forward(Forward f, NDArray image) {
    Map<String, NDArray> maps = new LinkedHashMap<>();
    NDArray x = image;
    for (int i = 0; i < trunks.size(); i++) {
      x = trunks.get(i).forward(f, x);
      if (outputShape.containsKey("trunk" + i)) {
        maps.put("trunk" + i, x);
      }
    }
    return new FeatureMaps(maps);
  }

  @Override
  public Map<String, ShapeSpec> outputShape() {
    return outputShape;
  }
}
