package dev.millrace.components.modeling.preprocess;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.millrace.components.Build;
import dev.millrace.components.image.AlignCornersBilinear;
import org.jspecify.annotations.Nullable;

/**
 * The resize inside D2Go's exported models: the short side to a length, bilinear between four
 * neighbours with aligned corners, the long side rounded down (torch's {@code interpolate} with
 * {@code recompute_scale_factor}).
 */
public final class D2GoResize extends Resizing {

  /** What a configuration says of it. */
  public record Args(
      @JsonPropertyDescription("Length of the short side in pixels, default 320, at most 2400")
          @Nullable Integer minSize) {}

  private final int minSize;

  public D2GoResize(int minSize) {
    super(AlignCornersBilinear::new, minSize);
    this.minSize = minSize;
  }

  public static D2GoResize fromConfig(Args args, Build build) {
    int min = args.minSize() == null ? 320 : args.minSize();
    try {
      return new D2GoResize(min);
    } catch (IllegalArgumentException e) {
      throw build.mistake("minSize", e.getMessage() + ".", "Leave it out for 320.");
    }
  }

  @Override
  Size size(int height, int width) {
    int shorter = Math.min(height, width);
    // Exact in integers; torch computes floor(size * (minSize / shorter)), which is the same but
    // for rounding.
    return new Size(scaled(height, shorter), scaled(width, shorter));
  }

  private int scaled(int side, int shorter) {
    return (int) Math.min(Integer.MAX_VALUE, Math.max(1, (long) side * minSize / shorter));
  }
}
