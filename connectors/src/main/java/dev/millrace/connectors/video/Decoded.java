package dev.millrace.connectors.video;

import dev.millrace.connectors.GroundTruth;
import org.bytedeco.ffmpeg.avutil.AVFrame;

/** One frame as it came from a source. */
sealed interface Decoded {

  /**
   * A whole JPEG or PNG that needs no work.
   *
   * @param bytes owned by the receiver
   */
  @SuppressWarnings("ArrayRecordComponent") // handed on, never compared
  record Ready(byte[] bytes) implements Decoded {}

  /**
   * Pixels in the source's native memory, valid until the source moves on.
   *
   * @param frame in whatever size and pixel format the video has
   */
  record Pixels(AVFrame frame) implements Decoded {}

  /**
   * Pixels that were computed.
   *
   * @param truth what is in them
   */
  record Drawn(Picture picture, GroundTruth truth) implements Decoded {}
}
