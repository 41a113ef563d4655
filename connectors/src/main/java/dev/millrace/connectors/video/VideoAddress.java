package dev.millrace.connectors.video;

import static org.bytedeco.ffmpeg.global.avdevice.avdevice_register_all;
import static org.bytedeco.ffmpeg.global.avformat.av_find_input_format;
import static org.bytedeco.ffmpeg.global.avformat.avformat_open_input;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_free;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_set;

import dev.millrace.connectors.ConnectorException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVInputFormat;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.jspecify.annotations.Nullable;

/**
 * Where a video is: a file, a folder of pictures, an address ({@code rtsp://}, {@code http://},
 * ...) or a camera of this machine ({@code /dev/video0}).
 */
record VideoAddress(String text) {
  private static final Duration SILENCE = Duration.ofSeconds(10);

  boolean isUrl() {
    return text.contains("://");
  }

  boolean isDevice() {
    return text.startsWith("/dev/video");
  }

  /** Not a file: its end may never come. */
  boolean isRemote() {
    return isUrl() || isDevice();
  }

  boolean isFolder() {
    return !isRemote() && Files.isDirectory(path());
  }

  Path path() {
    try {
      return Path.of(text);
    } catch (InvalidPathException e) {
      throw new ConnectorException(
          text, "this is no path.", "Name a video, a folder or a camera.", e);
    }
  }

  /** The address without what may be secret in it, for messages and logs. */
  String printable() {
    if (!isUrl()) {
      return text;
    }
    String rest = afterUser();
    return text.substring(0, schemeEnd())
        + (rest.length() < text.length() - schemeEnd() ? "***@" : "")
        + rest.replaceFirst("\\?.*", "?***");
  }

  /**
   * A name for its camera: the last part of the path without its extension, else the host. Never
   * anything of user, password or query, since the name becomes the key of every frame.
   */
  String name() {
    if (!isUrl()) {
      Path file = path().getFileName();
      return file == null ? "camera" : withoutExtension(file.toString());
    }
    String[] parts = afterUser().replaceFirst("[?#].*", "").split("/+");
    if (parts.length > 1) {
      return withoutExtension(parts[parts.length - 1]);
    }
    String host = parts.length == 0 ? "" : parts[0].replaceFirst(":[0-9]*$", "");
    return host.isEmpty() ? "camera" : host;
  }

  private static String withoutExtension(String file) {
    return file.replaceFirst("(?<=.)\\.[^.]+$", "");
  }

  private int schemeEnd() {
    return text.indexOf("://") + 3;
  }

  /**
   * What follows scheme, user and password. As FFmpeg reads it these end at the last {@code @} of
   * the authority; where the authority itself is broken by a password that should have been
   * escaped, at the last {@code @} of all.
   */
  private String afterUser() {
    String rest = text.substring(schemeEnd());
    String authority = rest.replaceFirst("[/?#].*", "");
    int at = authority.lastIndexOf('@');
    if (at < 0 && authority.matches("[^\\[]*:.*[^0-9].*")) {
      at = rest.lastIndexOf('@');
    }
    return rest.substring(at + 1);
  }

  /** Opened by FFmpeg; to be closed by the caller. */
  AVFormatContext open() {
    Ffmpeg.quiet();
    if (!isUrl() && !Files.exists(path())) {
      throw new ConnectorException(
          printable(),
          isDevice() ? "there is no such camera." : "there is no such file.",
          "Name a video, a folder of pictures, an address such as rtsp://..., a camera such as"
              + " /dev/video0, or street:// for a synthetic one.");
    }
    AVFormatContext format = new AVFormatContext(null);
    AVDictionary options = new AVDictionary(null);
    if (isUrl()) {
      String micros = Long.toString(SILENCE.toNanos() / 1000);
      av_dict_set(options, "rtsp_transport", "tcp", 0);
      av_dict_set(options, "timeout", micros, 0);
      av_dict_set(options, "rw_timeout", micros, 0);
    }
    int result = avformat_open_input(format, text, device(), options);
    av_dict_free(options);
    if (result < 0) {
      throw new ConnectorException(
          printable(),
          (isUrl() ? "no video came from there: " : "this is no video or picture: ")
              + Ffmpeg.message(result)
              + ".",
          isUrl()
              ? "Check the address, and that this machine may reach it."
              : "Name a video, a folder of pictures or a camera.");
    }
    return format;
  }

  private @Nullable AVInputFormat device() {
    if (!isDevice()) {
      return null;
    }
    avdevice_register_all();
    AVInputFormat format = av_find_input_format("video4linux2");
    if (format == null || format.isNull()) {
      throw new ConnectorException(
          text, "cameras of this machine cannot be read on this platform.", "Use an address.");
    }
    return format;
  }
}
