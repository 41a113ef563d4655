package dev.millrace.connectors.video;

import java.util.OptionalDouble;

/**
 * How a video is turned into frames.
 *
 * @param rate frames a second; 0 as fast as they are asked for; empty the video's own. A file plays
 *     all its frames at this rate; of a live source, frames beyond it are dropped
 * @param loop whether a file starts again at its end
 * @param maxFrames ends after so many; 0 never
 * @param jpegQuality 1 to 100, where frames must be encoded
 * @param width pixels that wider frames are shrunk to; 0 leaves them as they are
 */
public record CameraOptions(
    OptionalDouble rate, boolean loop, long maxFrames, int jpegQuality, int width) {

  /** The video's own rate, once, all frames, quality 85, its own size. */
  public static final CameraOptions DEFAULT =
      new CameraOptions(OptionalDouble.empty(), false, 0, 85, 0);

  public CameraOptions {
    check("rate", rate.orElse(0), 0, 1_000_000);
    check("maxFrames", maxFrames, 0, Long.MAX_VALUE);
    check("jpegQuality", jpegQuality, 1, 100);
    check("width", width, 0, 16384);
  }

  public CameraOptions withRate(double framesPerSecond) {
    return new CameraOptions(
        OptionalDouble.of(framesPerSecond), loop, maxFrames, jpegQuality, width);
  }

  public CameraOptions withLoop(boolean again) {
    return new CameraOptions(rate, again, maxFrames, jpegQuality, width);
  }

  public CameraOptions withMaxFrames(long frames) {
    return new CameraOptions(rate, loop, frames, jpegQuality, width);
  }

  public CameraOptions withJpegQuality(int quality) {
    return new CameraOptions(rate, loop, maxFrames, quality, width);
  }

  public CameraOptions withWidth(int pixels) {
    return new CameraOptions(rate, loop, maxFrames, jpegQuality, pixels);
  }

  private static void check(String name, double value, double least, double most) {
    if (!(value >= least && value <= most)) {
      throw new IllegalArgumentException(
          name + ": expected " + least + " to " + most + ", found " + value);
    }
  }
}
