package dev.millrace.components.modeling.backbone;

import ai.djl.ndarray.NDArray;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.millrace.components.Build;
import dev.millrace.components.ShapeSpec;
import dev.millrace.components.modeling.Backbone;
import dev.millrace.components.modeling.FeatureMaps;
import dev.millrace.components.modeling.Forward;
import dev.millrace.components.modeling.Norm;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Detectron2's {@code ResNet} (He et al., 2015; with groups ResNeXt, Xie et al., 2016). Feature
 * maps are called {@code stem} (stride 4), {@code res2} (4), {@code res3} (8), {@code res4} (16)
 * and {@code res5} (32). Stages above the last one that is asked for are not made.
 */
public final class ResNet extends Backbone {

  /** What a configuration says of it. */
  public record Args(
      @JsonPropertyDescription("18, 34, 50, 101 or 152") Integer depth,
      @JsonPropertyDescription("Channels of the first convolution, default 64")
          @Nullable Integer stemOutChannels,
      @JsonPropertyDescription(
              "Channels of res2, twice as many in each later stage; default 256, for depths 18 and 34: 64")
          @Nullable Integer res2OutChannels,
      @JsonPropertyDescription("Groups of the 3x3 convolutions, default 1")
          @Nullable Integer numGroups,
      @JsonPropertyDescription("Channels of a group in res2, default 64")
          @Nullable Integer widthPerGroup,
      @JsonPropertyDescription(
              "Whether a bottleneck's first convolution steps (default) or its 3x3 one")
          @Nullable Boolean strideIn1x1,
      @JsonPropertyDescription("2: res5 keeps the size of res4; default 1")
          @Nullable Integer res5Dilation,
      @JsonPropertyDescription("Normalisation: " + Norm.NAMES + "; default FrozenBN")
          @Nullable String norm,
      @JsonPropertyDescription("Maps that are given on; default [res2, res3, res4, res5]")
          @Nullable List<String> outFeatures) {}

  private static final List<String> NAMES = List.of("stem", "res2", "res3", "res4", "res5");

  private final ResNetStem stem;
  private final Map<String, ResNetStage> stages = new LinkedHashMap<>();
  private final Map<String, ShapeSpec> outputShape = new LinkedHashMap<>();

  /**
   * @param outFeatures names among {@code stem}, {@code res2} to {@code res5}
   */
  public ResNet(ResNetShape shape, List<String> outFeatures) {
    if (outFeatures.isEmpty() || !NAMES.containsAll(outFeatures)) {
      throw new IllegalArgumentException(
          "expected output features among " + NAMES + ", found " + outFeatures);
    }
    stem = add("stem", new ResNetStem(shape.stemChannels(), shape.norm()));
    int channels = shape.stemChannels();
    int stride = ResNetStem.STRIDE;
    give("stem", channels, stride, outFeatures);
    for (int i = 2; outputShape.size() < outFeatures.stream().distinct().count(); i++) {
      ResNetStage stage = add("res" + i, new ResNetStage(shape, i, channels));
      stages.put("res" + i, stage);
      channels = stage.channels();
      stride *= stage.stride();
      give("res" + i, channels, stride, outFeatures);
    }
  }

  private void give(String name, int channels, int stride, List<String> outFeatures) {
    if (outFeatures.contains(name)) {
      outputShape.put(name, new ShapeSpec(channels, stride));
    }
  }

  public static ResNet fromConfig(Args args, Build build) {
    int dilation = or(args.res5Dilation(), 1);
    if (dilation != 1 && dilation != 2) {
      throw build.mistake(
          "res5Dilation", "expected 1 or 2, found " + dilation + ".", "Leave it out for 1.");
    }
    ResNetShape shape;
    try {
      shape =
          new ResNetShape(
              args.depth(),
              positive(build, "stemOutChannels", args.stemOutChannels(), 64),
              positive(
                  build,
                  "res2OutChannels",
                  args.res2OutChannels(),
                  ResNetShape.res2Channels(args.depth())),
              positive(build, "numGroups", args.numGroups(), 1),
              positive(build, "widthPerGroup", args.widthPerGroup(), 64),
              !Boolean.FALSE.equals(args.strideIn1x1()),
              dilation,
              Norm.of(build, "norm", args.norm(), Norm.FROZEN_BN));
    } catch (IllegalArgumentException e) {
      throw build.mistake("depth", e.getMessage() + ".", "Describe a ResNet that there is.");
    }
    try {
      return new ResNet(
          shape, args.outFeatures() == null ? NAMES.subList(1, 5) : args.outFeatures());
    } catch (IllegalArgumentException e) {
      throw build.mistake("outFeatures", e.getMessage() + ".", "Name some of these.");
    }
  }

  private static int positive(Build build, String key, @Nullable Integer given, int standard) {
    int value = or(given, standard);
    if (value < 1) {
      throw build.mistake(
          key, "expected 1 or more, found " + value + ".", "Leave it out for " + standard + ".");
    }
    return value;
  }

  private static int or(@Nullable Integer given, int standard) {
    return given == null ? standard : given;
  }

  @Override
  public FeatureMaps forward(Forward f, NDArray image) {
    Map<String, NDArray> maps = new LinkedHashMap<>();
    NDArray x = stem.forward(f, image);
    if (outputShape.containsKey("stem")) {
      maps.put("stem", x);
    }
    for (Map.Entry<String, ResNetStage> stage : stages.entrySet()) {
      x = stage.getValue().forward(f, x);
      if (outputShape.containsKey(stage.getKey())) {
        maps.put(stage.getKey(), x);
      }
    }
    return new FeatureMaps(maps);
  }

  @Override
  public Map<String, ShapeSpec> outputShape() {
    return outputShape;
  }
}
