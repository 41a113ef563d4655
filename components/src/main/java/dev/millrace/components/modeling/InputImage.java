package dev.millrace.components.modeling;

/**
 * One frame at the network's input size.
 *
 * @param height rows
 * @param width columns
 * @param pixels uint8 (3, height, width), blue first; nobody writes to them any more
 * @param sourceHeight rows of the frame that it was made of
 * @param sourceWidth its columns
 */
@SuppressWarnings("ArrayRecordComponent") // nobody compares images
public record InputImage(int height, int width, byte[] pixels, int sourceHeight, int sourceWidth) {
  public InputImage {
    if (height < 1 || width < 1 || pixels.length != 3L * height * width) {
      throw new IllegalArgumentException(
          "expected 3 x height x width bytes, found %d for %d x %d"
              .formatted(pixels.length, height, width));
    }
  }
}
