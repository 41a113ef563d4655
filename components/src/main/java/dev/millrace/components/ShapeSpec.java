package dev.millrace.components;

/**
 * What one part of a model promises to the next: the channels of a feature map and how many input
 * pixels one of its cells spans. Detectron2's {@code ShapeSpec}.
 *
 * @param channels number of channels, at least 1
 * @param stride input pixels for each cell; 1 where the notion has no meaning (pooled features)
 * @param height rows, or 0 where they follow from the image
 * @param width columns, or 0 where they follow from the image
 */
public record ShapeSpec(int channels, int stride, int height, int width) {

  public ShapeSpec(int channels, int stride) {
    this(channels, stride, 0, 0);
  }

  public ShapeSpec {
    if (channels < 1 || stride < 1 || height < 0 || width < 0) {
      throw new IllegalArgumentException(
          "a shape needs positive channels and stride, found " + channels + " and " + stride);
    }
  }

  /** A pooled feature of fixed size. */
  public static ShapeSpec pooled(int channels, int height, int width) {
    return new ShapeSpec(channels, 1, height, width);
  }
}
