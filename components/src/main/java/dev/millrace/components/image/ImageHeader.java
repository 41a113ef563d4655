package dev.millrace.components.image;

/**
 * What an encoded picture says of itself, read without decoding it.
 *
 * @param width columns, at least 1
 * @param height rows, at least 1
 * @param components 1 grey, 2 grey and alpha, 3 colour, 4 colour and alpha; a palette counts as 1
 * @param bitDepth bits of a component (of an index, with a palette)
 */
public record ImageHeader(ImageFormat format, int width, int height, int components, int bitDepth) {

  /**
   * Reads no further than the picture's size. Any bytes at all may be given.
   *
   * @throws ImageRejectedException where the bytes are no JPEG or PNG that {@link ImageDecoder}
   *     could decode within the limits
   */
  public static ImageHeader read(byte[] bytes, ImageLimits limits) {
    limits.checkBytes(bytes);
    ImageHeader header =
        switch (ImageFormat.of(bytes)) {
          case JPEG -> new JpegScan(bytes).header();
          case PNG -> new PngScan(bytes).header();
        };
    limits.checkSize(header.width, header.height);
    return header;
  }
}
