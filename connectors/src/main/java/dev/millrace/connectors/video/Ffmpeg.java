package dev.millrace.connectors.video;

import static org.bytedeco.ffmpeg.global.avutil.AV_LOG_QUIET;
import static org.bytedeco.ffmpeg.global.avutil.av_log_set_level;
import static org.bytedeco.ffmpeg.global.avutil.av_strerror;

import dev.millrace.connectors.ConnectorException;
import org.bytedeco.javacpp.BytePointer;

/** What every call of FFmpeg needs. */
final class Ffmpeg {
  private static final String JAVACPP_LIMIT = "org.bytedeco.javacpp.maxPhysicalBytes";

  static {
    // Else JavaCPP refuses memory to a process that has four times its heap resident, as models
    // may.
    if (System.getProperty(JAVACPP_LIMIT) == null) {
      System.setProperty(JAVACPP_LIMIT, "0");
    }
    // Troubles are told by exceptions, not on the process's standard error.
    av_log_set_level(AV_LOG_QUIET);
  }

  private Ffmpeg() {}

  static void quiet() {}

  static String message(int error) {
    try (BytePointer text = new BytePointer(256)) {
      return av_strerror(error, text, text.capacity()) < 0
          ? "error " + error
          : text.getString().strip();
    }
  }

  /** Answers {@code result}, unless it is an error. */
  static int check(int result, String where, String action) {
    if (result < 0) {
      throw new ConnectorException(
          where, "FFmpeg cannot " + action + ": " + message(result) + ".", "Try another source.");
    }
    return result;
  }
}
