package dev.millrace.components.modeling.preprocess;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.millrace.components.Build;
import dev.millrace.components.image.HalfPixelBilinear;
import org.jspecify.annotations.Nullable;

/**
 * The largest size of the frame's proportions within a fixed one, as YOLOX's {@code preproc}: sides
 * are rounded down, pixels are OpenCV's bilinear ones. The rest of the fixed size is padding, which
 * the network adds at the right and the bottom.
 */
public final class LetterboxResize extends Resizing {

  /** What a configuration says of it. */
  public record Args(
      @JsonPropertyDescription("Height to stay within, default 416, at most 2400")
          @Nullable Integer height,
      @JsonPropertyDescription("Width to stay within, default 416, at most 2400")
          @Nullable Integer width) {}

  private final int height;
  private final int width;

  public LetterboxResize(int height, int width) {
    super(HalfPixelBilinear::new, Math.min(height, width));
    if (Math.max(height, width) > LONGEST_SHORT_SIDE) {
      throw new IllegalArgumentException(
          "expected a length from 1 to "
              + LONGEST_SHORT_SIDE
              + " pixels, found "
              + Math.max(height, width));
    }
    this.height = height;
    this.width = width;
  }

  public static LetterboxResize fromConfig(Args args, Build build) {
    int height = args.height() == null ? 416 : args.height();
    int width = args.width() == null ? 416 : args.width();
    try {
      return new LetterboxResize(height, width);
    } catch (IllegalArgumentException e) {
      throw build.mistake(
          height < 1 || height > LONGEST_SHORT_SIDE ? "height" : "width",
          e.getMessage() + ".",
          "Leave it out for 416.");
    }
  }

  @Override
  Size size(int frameHeight, int frameWidth) {
    double scale = Math.min((double) height / frameHeight, (double) width / frameWidth);
    return new Size(
        Math.max(1, (int) (frameHeight * scale)), Math.max(1, (int) (frameWidth * scale)));
  }
}
