package dev.millrace.components.modeling.roi;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.millrace.components.Build;
import dev.millrace.components.ShapeSpec;
import dev.millrace.components.modeling.FeatureMaps;
import dev.millrace.components.trace.VisionOps;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Detectron2's {@code ROIPooler}: gives each box to a level by its size (Lin et al., FPN, 2017,
 * equation 1) and pools it there with ROIAlign.
 */
public final class RoiPooler {

  /** What a configuration says of it. */
  public record Args(
      @JsonPropertyDescription("Rows and columns of a pooled feature") Integer resolution,
      @JsonPropertyDescription(
              "ROIAlignV2 (default: aligned by half a pixel) or ROIAlign (the first version)")
          @Nullable String type,
      @JsonPropertyDescription("Samples a bin and axis; 0 (default): as many as the bin has cells")
          @Nullable Integer samplingRatio,
      @JsonPropertyDescription(
              "Side in pixels of the boxes that are pooled from the level of canonicalLevel, default"
                  + " 224; smaller for small pictures")
          @Nullable Integer canonicalBoxSize,
      @JsonPropertyDescription("That level, whose stride is two to its power; default 4")
          @Nullable Integer canonicalLevel) {}

  private static final int CANONICAL_BOX_SIZE = 224;
  private static final int CANONICAL_LEVEL = 4;

  private final VisionOps.RoiAlign how;
  private final List<Float> scales = new ArrayList<>();
  private final int canonicalBoxSize;
  private final int canonicalLevel;
  private final int minLevel;
  private final int maxLevel;

  /** With Detectron2's canonical box of 224 pixels on level 4. */
  public RoiPooler(VisionOps.RoiAlign how, Collection<ShapeSpec> shapes) {
    this(how, shapes, CANONICAL_BOX_SIZE, CANONICAL_LEVEL);
  }

  /**
   * @param shapes of the feature maps, finest first, each stride the double of the one before; if
   *     there are several, strides are powers of two
   * @param canonicalBoxSize side in pixels of the boxes that belong to {@code canonicalLevel}; each
   *     double of it belongs one level higher
   * @param canonicalLevel the logarithm of that level's stride
   * @throws IllegalArgumentException if they are others
   */
  public RoiPooler(
      VisionOps.RoiAlign how,
      Collection<ShapeSpec> shapes,
      int canonicalBoxSize,
      int canonicalLevel) {
    this.how = how;
    this.canonicalBoxSize = canonicalBoxSize;
    this.canonicalLevel = canonicalLevel;
    int first = -1;
    for (ShapeSpec shape : shapes) {
      int stride = shape.stride();
      int level = Integer.numberOfTrailingZeros(stride);
      first = first < 0 ? level : first;
      if (shapes.size() > 1 && (Integer.bitCount(stride) != 1 || level != first + scales.size())) {
        throw new IllegalArgumentException(
            "expected feature maps whose strides are powers of two and double from one to the"
                + " next, finest first, found "
                + shapes);
      }
      scales.add(1f / stride);
    }
    minLevel = first;
    maxLevel = first + scales.size() - 1;
  }

  public static RoiPooler fromConfig(
      Args args, Build build, String key, Collection<ShapeSpec> shapes) {
    String type = args.type() == null ? "ROIAlignV2" : args.type();
    if (!type.equals("ROIAlign") && !type.equals("ROIAlignV2")) {
      throw build.mistake(
          key + ".type", "expected ROIAlign or ROIAlignV2, found '" + type + "'.", "Choose one.");
    }
    int samples = args.samplingRatio() == null ? 0 : args.samplingRatio();
    if (args.resolution() < 1 || samples < 0) {
      throw build.mistake(
          key,
          "expected a positive resolution and no negative samplingRatio, found " + args + ".",
          "Correct them.");
    }
    int size = args.canonicalBoxSize() == null ? CANONICAL_BOX_SIZE : args.canonicalBoxSize();
    int level = args.canonicalLevel() == null ? CANONICAL_LEVEL : args.canonicalLevel();
    if (size < 1 || level < 0 || level > 30) {
      throw build.mistake(
          key,
          "expected a canonicalBoxSize of 1 or more and a canonicalLevel of 0 to 30, found "
              + size
              + " and "
              + level
              + ".",
          "Leave them out for 224 and 4.");
    }
    try {
      return new RoiPooler(
          new VisionOps.RoiAlign(
              args.resolution(), args.resolution(), samples, type.equals("ROIAlignV2")),
          shapes,
          size,
          level);
    } catch (IllegalArgumentException e) {
      throw build.mistake(
          "inFeatures", e.getMessage() + ".", "Name neighbouring levels, the finest first.");
    }
  }

  /** Rows and columns of a pooled feature. */
  public int resolution() {
    return how.height();
  }

  /** What heads are given that pool from maps of these shapes, all of as many channels. */
  ShapeSpec outputShape(Collection<ShapeSpec> shapes) {
    return ShapeSpec.pooled(shapes.iterator().next().channels(), how.height(), how.width());
  }

  /**
   * @param maps one for each shape, finest first
   * @param boxes (N, R, 4) in pixels
   * @return (N * R, C, resolution, resolution)
   */
  public NDArray forward(List<NDArray> maps, NDArray boxes) {
    return VisionOps.roiAlign(maps, scales, boxes, levels(boxes), how);
  }

  static List<NDArray> select(FeatureMaps features, List<String> names) {
    return names.stream().map(features::get).toList();
  }

  /**
   * @param boxes (N, R, 4) in pixels
   * @return (N, R) int64: the index of the map that each is pooled from
   */
  public NDArray levels(NDArray boxes) {
    Shape rows = boxes.getShape().slice(0, 2);
    if (scales.size() == 1) {
      return boxes.getManager().zeros(rows, DataType.INT64);
    }
    NDArray size = boxes.get(":, :, 2:4").sub(boxes.get(":, :, 0:2"));
    NDArray side = size.get(":, :, 0").mul(size.get(":, :, 1")).sqrt();
    NDArray level =
        side.div((float) canonicalBoxSize)
            .add(1e-8f)
            .log()
            .mul((float) (1 / Math.log(2)))
            .add((float) canonicalLevel)
            .floor();
    return level
        .maximum((float) minLevel)
        .minimum((float) maxLevel)
        .sub((float) minLevel)
        .toType(DataType.INT64, false);
  }
}
