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
      @JsonPropertyDescription("Length of the short side in pixels, default 320")
          @Nullable Integer minSize) {}

  private final int minSize;

  public D2GoResize(int minSize) {
    super(AlignCornersBilinear::new);
    this.minSize = minSize;
  }

  public static D2GoResize fromConfig(Args args, Build build) {
    int min = args.minSize() == null ? 320 : args.minSize();
    if (min < 1) {
      throw build.mistake(
          "minSize", "expected 1 or more, found " + min + ".", "Leave it out for 320.");
    }
    return new D2GoResize(min);
  }

  @Override
  Size size(int height, int width) {
    int shorter = Math.min(height, width);
    // Exact in integers; torch computes floor(size * (minSize / shorter)), which is the same but
    // for rounding.
    return new Size(
        Math.max(1, (int) ((long) height * minSize / shorter)),
        Math.max(1, (int) ((long) width * minSize / shorter)));
  }
}
