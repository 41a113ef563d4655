package dev.millrace.connectors.video;

import dev.millrace.connectors.format.RunLengths;
import java.awt.Color;

/**
 * Paints masks into a picture's bytes: a veil of colour over their pixels, and an outline. For one
 * thread and one picture.
 */
final class MaskBrush {

  /** What is painted in all, in pictures; an event may name more than anybody wants to see. */
  private static final int MOST_PICTURES = 64;

  private final byte[] bgr;
  private final int width;
  private final int height;
  private final int line;
  private final boolean[] inside;
  private long budget;

  /**
   * @param bgr is painted into
   * @param line width of the outline in pixels
   */
  MaskBrush(byte[] bgr, int width, int height, int line) {
    this.bgr = bgr;
    this.width = width;
    this.height = height;
    this.line = line;
    this.inside = new boolean[width * height];
    this.budget = (long) MOST_PICTURES * width * height;
  }

  /** Whether a mask is of this picture, and there is paint left for it, which then is taken. */
  boolean accepts(RunLengths mask) {
    if (mask.width() != width || mask.height() != height) {
      return false;
    }
    budget -= mask.area();
    return budget >= 0;
  }

  /**
   * Paints one mask.
   *
   * @param veil share of the colour, 0 to 1
   */
  void paint(RunLengths mask, Color colour, float veil) {
    mask.strips(
        (x, top, bottom) -> {
          for (int y = top; y < bottom; y++) {
            inside[y * width + x] = true;
            blend(y * width + x, colour, veil);
          }
        });
    mask.strips(
        (x, top, bottom) -> {
          for (int y = top; y < bottom; y++) {
            if (isEdge(x, y, line)) {
              blend(y * width + x, colour, 1);
            } else if (isEdge(x, y, line + 1)) {
              blend(y * width + x, Color.BLACK, 0.45f);
            }
          }
        });
    mask.strips(
        (x, top, bottom) -> {
          for (int y = top; y < bottom; y++) {
            inside[y * width + x] = false;
          }
        });
  }

  private boolean isEdge(int x, int y, int reach) {
    int slant = (7 * reach + 5) / 10;
    return outside(x - reach, y)
        || outside(x + reach, y)
        || outside(x, y - reach)
        || outside(x, y + reach)
        || outside(x - slant, y - slant)
        || outside(x + slant, y - slant)
        || outside(x - slant, y + slant)
        || outside(x + slant, y + slant);
  }

  private boolean outside(int x, int y) {
    return x < 0 || y < 0 || x >= width || y >= height || !inside[y * width + x];
  }

  private void blend(int pixel, Color colour, float share) {
    int at = 3 * pixel;
    bgr[at] = mix(bgr[at], colour.getBlue(), share);
    bgr[at + 1] = mix(bgr[at + 1], colour.getGreen(), share);
    bgr[at + 2] = mix(bgr[at + 2], colour.getRed(), share);
  }

  private static byte mix(byte below, int above, float share) {
    return (byte) Math.round((below & 0xff) * (1 - share) + above * share);
  }
}
