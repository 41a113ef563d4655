package dev.millrace.connectors.video;

/**
 * Decoded pixels. A plain value: it may cross threads.
 *
 * @param bgr uint8, height x width x 3, rows from the top, blue first; owned by this picture
 */
@SuppressWarnings("ArrayRecordComponent") // megabytes of pixels, compared by nobody
public record Picture(int width, int height, byte[] bgr) {
  public Picture {
    if (width < 1 || height < 1 || bgr.length != 3L * width * height) {
      throw new IllegalArgumentException(
          "a picture of " + width + " x " + height + " needs 3 bytes a pixel, found " + bgr.length);
    }
  }
}
