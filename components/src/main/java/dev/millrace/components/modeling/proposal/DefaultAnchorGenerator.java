package dev.millrace.components.modeling.proposal;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.millrace.components.Build;
import dev.millrace.components.ShapeSpec;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Detectron2's {@code DefaultAnchorGenerator}: every size in every aspect ratio, around each cell.
 */
public final class DefaultAnchorGenerator implements AnchorGenerator {

  /** What a configuration says of it. */
  public record Args(
      @JsonPropertyDescription(
              "Side of a square anchor in pixels: a list for each level, or one for all")
          List<List<Double>> sizes,
      @JsonPropertyDescription("Height over width: a list for each level, or one for all")
          List<List<Double>> aspectRatios,
      @JsonPropertyDescription("Where in its cell an anchor's centre is, 0 (default) to below 1")
          @Nullable Double offset) {}

  private final List<float[]> cellAnchors = new ArrayList<>();
  private final int[] strides;
  private final float offset;

  /**
   * @param sizes for each level the sides of square anchors in pixels
   * @param aspectRatios for each level height over width
   * @param strides pixels for each cell of each level
   * @param offset of a stride's length, 0 to 1 (exclusive)
   */
  public DefaultAnchorGenerator(
      List<List<Double>> sizes, List<List<Double>> aspectRatios, int[] strides, double offset) {
    this.strides = strides.clone();
    this.offset = (float) offset;
    for (int level = 0; level < strides.length; level++) {
      cellAnchors.add(
          cell(
              sizes.get(sizes.size() == 1 ? 0 : level),
              aspectRatios.get(aspectRatios.size() == 1 ? 0 : level)));
    }
  }

  public static DefaultAnchorGenerator fromConfig(Args args, Build build) {
    int levels = build.inputShape().size();
    check(args.sizes(), levels, "sizes", build);
    check(args.aspectRatios(), levels, "aspectRatios", build);
    int[] strides = build.inputShape().values().stream().mapToInt(ShapeSpec::stride).toArray();
    double offset = args.offset() == null ? 0 : args.offset();
    if (offset < 0 || offset >= 1) {
      throw build.mistake(
          "offset", "expected 0 to below 1, found " + offset + ".", "Leave it out for 0.");
    }
    return new DefaultAnchorGenerator(args.sizes(), args.aspectRatios(), strides, offset);
  }

  private static void check(List<List<Double>> lists, int levels, String key, Build build) {
    if (lists.size() != 1 && lists.size() != levels) {
      throw build.mistake(
          key,
          "expected one list, or one for each of the "
              + levels
              + " feature maps "
              + build.inputShape().keySet()
              + ", found "
              + lists.size()
              + ".",
          "Give as many lists as inFeatures has names.");
    }
    for (List<Double> list : lists) {
      if (list.isEmpty() || !list.stream().allMatch(v -> v > 0 && v <= Float.MAX_VALUE)) {
        throw build.mistake(
            key, "expected numbers above 0 in each list, found " + lists + ".", "Correct them.");
      }
    }
  }

  private static float[] cell(List<Double> sizes, List<Double> ratios) {
    float[] anchors = new float[4 * sizes.size() * ratios.size()];
    int at = 0;
    for (double size : sizes) {
      for (double ratio : ratios) {
        double width = Math.sqrt(size * size / ratio);
        double height = ratio * width;
        anchors[at++] = (float) (-width / 2);
        anchors[at++] = (float) (-height / 2);
        anchors[at++] = (float) (width / 2);
        anchors[at++] = (float) (height / 2);
      }
    }
    return anchors;
  }

  @Override
  public int anchorsPerCell(int level) {
    return cellAnchors.get(level).length / 4;
  }

  @Override
  public float[] anchors(int level, int height, int width) {
    float[] cell = cellAnchors.get(level);
    float[] all = new float[height * width * cell.length];
    int at = 0;
    for (int y = 0; y < height; y++) {
      float down = (y + offset) * strides[level];
      for (int x = 0; x < width; x++) {
        float across = (x + offset) * strides[level];
        for (int a = 0; a < cell.length; a += 4) {
          all[at++] = across + cell[a];
          all[at++] = down + cell[a + 1];
          all[at++] = across + cell[a + 2];
          all[at++] = down + cell[a + 3];
        }
      }
    }
    return all;
  }
}
