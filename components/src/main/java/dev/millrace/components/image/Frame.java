package dev.millrace.components.image;

/**
 * A decoded picture. A plain value: it may cross threads.
 *
 * @param width columns
 * @param height rows
 * @param bgr uint8, height x width x 3, rows from the top, blue first as Detectron2's models
 *     expect; owned by this frame, never changed
 */
@SuppressWarnings("ArrayRecordComponent") // megabytes of pixels, compared by nobody
public record Frame(int width, int height, byte[] bgr) {
  public Frame {
    if (width < 1 || height < 1 || bgr.length != 3L * width * height) {
      throw new IllegalArgumentException(
          "a frame of " + width + " x " + height + " needs 3 bytes a pixel, found " + bgr.length);
    }
  }
}
