package dev.millrace.components.modeling.preprocess;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.millrace.components.Build;
import dev.millrace.components.image.PillowBilinear;
import org.jspecify.annotations.Nullable;

/**
 * Detectron2's {@code ResizeShortestEdge} at inference: the short side to a length unless the long
 * side becomes too long, bit for bit as Pillow's bilinear filter (which averages when it shrinks).
 */
public final class ResizeShortestEdge extends Resizing {

  /** What a configuration says of it. */
  public record Args(
      @JsonPropertyDescription("Length of the short side in pixels, default 800, at most 2400")
          @Nullable Integer minSize,
      @JsonPropertyDescription("Longest that the long side may become, default 1333")
          @Nullable Integer maxSize) {}

  private final int minSize;
  private final int maxSize;

  public ResizeShortestEdge(int minSize, int maxSize) {
    super(PillowBilinear::new, minSize);
    if (maxSize < minSize) {
      throw new IllegalArgumentException(
          "expected minSize <= maxSize, found " + minSize + " and " + maxSize);
    }
    this.minSize = minSize;
    this.maxSize = maxSize;
  }

  public static ResizeShortestEdge fromConfig(Args args, Build build) {
    int min = args.minSize() == null ? 800 : args.minSize();
    int max = args.maxSize() == null ? 1333 : args.maxSize();
    try {
      return new ResizeShortestEdge(min, max);
    } catch (IllegalArgumentException e) {
      throw build.mistake("minSize", e.getMessage() + ".", "Correct minSize or maxSize.");
    }
  }

  @Override
  Size size(int height, int width) {
    double scale = (double) minSize / Math.min(height, width);
    double newHeight = height < width ? minSize : scale * height;
    double newWidth = height < width ? scale * width : minSize;
    double longest = Math.max(newHeight, newWidth);
    if (longest > maxSize) {
      newHeight *= maxSize / longest;
      newWidth *= maxSize / longest;
    }
    return new Size(Math.max(1, (int) (newHeight + 0.5)), Math.max(1, (int) (newWidth + 0.5)));
  }
}
