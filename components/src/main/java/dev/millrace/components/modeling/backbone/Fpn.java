package dev.millrace.components.modeling.backbone;

import ai.djl.ndarray.NDArray;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.millrace.components.Build;
import dev.millrace.components.ComponentConfig;
import dev.millrace.components.ShapeSpec;
import dev.millrace.components.modeling.Backbone;
import dev.millrace.components.modeling.FeatureMaps;
import dev.millrace.components.modeling.Forward;
import dev.millrace.components.modeling.Initial;
import dev.millrace.components.modeling.Norm;
import dev.millrace.components.modeling.NormConv;
import dev.millrace.components.supervision.Scalars;
import dev.millrace.components.trace.VisionOps;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Detectron2's {@code FPN} (Lin et al., Feature Pyramid Networks, 2017) over another backbone: 1x1
 * convolutions bring its maps to one number of channels, each coarser level is doubled in size and
 * fused into the next finer one, 3x3 convolutions finish them.
 *
 * <pre>
 *  res5 --lateral5--> + ------------output5--> p5 --top block--> p6 ...
 *                     | x2
 *  res4 --lateral4--> + ------------output4--> p4
 *                     | x2
 *  ...
 * </pre>
 *
 * A map of stride {@code 2^n} is called {@code p<n>}.
 */
public final class Fpn extends Backbone {

  /** What a configuration says of it. */
  public record Args(
      @JsonPropertyDescription("The backbone below") ComponentConfig<Backbone> bottomUp,
      @JsonPropertyDescription("Its maps that are used, finest first; default all")
          @Nullable List<String> inFeatures,
      @JsonPropertyDescription("Channels of every map, default 256") @Nullable Integer outChannels,
      @JsonPropertyDescription(
              "Normalisation after each convolution: " + Norm.NAMES + "; default none")
          @Nullable String norm,
      @JsonPropertyDescription("How a coarser level is joined to a finer one: sum (default) or avg")
          @Nullable String fuseType,
      @JsonPropertyDescription("Coarser levels on top; default none")
          @Nullable ComponentConfig<TopBlock> topBlock) {}

  private final Backbone bottomUp;
  private final List<String> inFeatures;
  private final List<NormConv> laterals = new ArrayList<>();
  private final List<NormConv> outputs = new ArrayList<>();
  private final boolean average;
  private final @Nullable TopBlock topBlock;
  private final Map<String, ShapeSpec> outputShape = new LinkedHashMap<>();
  private final int sizeDivisibility;

  /**
   * @param inFeatures maps of {@code bottomUp}, finest first, strides doubling from one to the next
   * @param average whether to halve the sum of two levels
   * @throws IllegalArgumentException if the maps are not there or not so
   */
  public Fpn(
      Backbone bottomUp,
      List<String> inFeatures,
      int outChannels,
      Norm norm,
      boolean average,
      @Nullable TopBlock topBlock) {
    Map<String, ShapeSpec> pyramid = pyramid(bottomUp.outputShape(), inFeatures, outChannels);
    this.bottomUp = add("bottom_up", bottomUp);
    this.inFeatures = List.copyOf(inFeatures);
    this.average = average;
    int stride = 1;
    for (Map.Entry<String, ShapeSpec> level : pyramid.entrySet()) {
      String number = level.getKey().substring(1);
      laterals.add(add("fpn_lateral" + number, NormConv.of(outChannels, 1, norm, Initial.XAVIER)));
      outputs.add(add("fpn_output" + number, NormConv.of(outChannels, 3, norm, Initial.XAVIER)));
      stride = level.getValue().stride();
    }
    sizeDivisibility = stride;
    outputShape.putAll(pyramid);
    this.topBlock = topBlock == null ? null : add("top_block", topBlock);
    if (topBlock != null) {
      if (!pyramid.containsKey(topBlock.inFeature())
          && !bottomUp.outputShape().containsKey(topBlock.inFeature())) {
        throw new IllegalArgumentException(
            "the top block starts from '"
                + topBlock.inFeature()
                + "', expected one of "
                + bottomUp.outputShape().keySet()
                + " or "
                + pyramid.keySet());
      }
      for (int i = 0; i < topBlock.levels(); i++) {
        stride *= 2;
        outputShape.put(name(stride), new ShapeSpec(outChannels, stride));
      }
    }
  }

  /** The levels that have a map below them. */
  private static Map<String, ShapeSpec> pyramid(
      Map<String, ShapeSpec> below, List<String> inFeatures, int channels) {
    Map<String, ShapeSpec> levels = new LinkedHashMap<>();
    int before = 0;
    for (String name : inFeatures) {
      ShapeSpec shape = below.get(name);
      if (shape == null) {
        throw new IllegalArgumentException(
            "the backbone below has no map '" + name + "'; it gives " + below);
      }
      int stride = shape.stride();
      if (Integer.bitCount(stride) != 1 || (before > 0 && stride != 2 * before)) {
        throw new IllegalArgumentException(
            "expected maps whose strides double from one to the next, found " + below);
      }
      levels.put(name(stride), new ShapeSpec(channels, stride));
      before = stride;
    }
    if (levels.isEmpty()) {
      throw new IllegalArgumentException("expected at least one map, found none");
    }
    return levels;
  }

  private static String name(int stride) {
    return "p" + Integer.numberOfTrailingZeros(stride);
  }

  public static Fpn fromConfig(Args args, Build build) {
    int channels = args.outChannels() == null ? 256 : args.outChannels();
    if (channels < 1) {
      throw build.mistake(
          "outChannels", "expected 1 or more, found " + channels + ".", "Leave it out for 256.");
    }
    String fuse = args.fuseType() == null ? "sum" : args.fuseType();
    if (!fuse.equals("sum") && !fuse.equals("avg")) {
      throw build.mistake(
          "fuseType", "expected sum or avg, found '" + fuse + "'.", "Leave it out for sum.");
    }
    Backbone bottomUp = build.component(Backbone.class, args.bottomUp(), build.inputShape());
    Map<String, ShapeSpec> below = bottomUp.outputShape();
    List<String> in = args.inFeatures() == null ? List.copyOf(below.keySet()) : args.inFeatures();
    Map<String, ShapeSpec> maps = new LinkedHashMap<>(below);
    try {
      maps.putAll(pyramid(below, in, channels));
    } catch (IllegalArgumentException e) {
      throw build.mistake("inFeatures", e.getMessage() + ".", "Choose neighbouring maps.");
    }
    TopBlock top =
        args.topBlock() == null ? null : build.component(TopBlock.class, args.topBlock(), maps);
    Norm norm = Norm.of(build, "norm", args.norm(), Norm.NONE);
    try {
      return new Fpn(bottomUp, in, channels, norm, fuse.equals("avg"), top);
    } catch (IllegalArgumentException e) {
      throw build.mistake("topBlock.inFeature", e.getMessage() + ".", "Name one of these.");
    }
  }

  @Override
  public FeatureMaps forward(Forward f, NDArray image) {
    FeatureMaps below = bottomUp.forward(f, image);
    Map<String, NDArray> maps = new LinkedHashMap<>();
    List<String> names = List.copyOf(outputShape.keySet());
    NDArray coarser = null;
    for (int i = inFeatures.size() - 1; i >= 0; i--) {
      NDArray level = laterals.get(i).forward(f, below.get(inFeatures.get(i)));
      if (coarser != null) {
        level = level.add(VisionOps.upsampleNearest(coarser, 2));
        level = average ? Scalars.times(level, 0.5) : level;
      }
      maps.put(names.get(i), outputs.get(i).forward(f, level));
      coarser = level;
    }
    if (topBlock != null) {
      NDArray from = maps.get(topBlock.inFeature());
      List<NDArray> top =
          topBlock.forward(f, from == null ? below.get(topBlock.inFeature()) : from);
      for (int i = 0; i < top.size(); i++) {
        maps.put(names.get(inFeatures.size() + i), top.get(i));
      }
    }
    return new FeatureMaps(maps);
  }

  @Override
  public Map<String, ShapeSpec> outputShape() {
    return outputShape;
  }

  @Override
  public int sizeDivisibility() {
    return sizeDivisibility;
  }
}
