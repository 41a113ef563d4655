package dev.millrace.connectors.video;

import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_BGR24;

import dev.millrace.connectors.ConnectorException;
import java.util.Optional;
import org.bytedeco.ffmpeg.avutil.AVFrame;

/**
 * Reads a video from its first frame to its last: a file, a folder of pictures (by name), an
 * address or a camera of this machine. Native: for one thread, and to be closed.
 *
 * <pre>{@code
 * try (VideoReader video = VideoReader.open("street.mp4")) {
 *   for (Optional<Picture> p = video.next(); p.isPresent(); p = video.next()) { ... }
 * }
 * }</pre>
 */
public final class VideoReader implements AutoCloseable {
  private final PictureSource source;
  private final Scaler scaler;
  private final NativePicture pixels;

  private VideoReader(PictureSource source, NativeCount natives) {
    this.source = source;
    this.scaler = new Scaler(natives);
    this.pixels = new NativePicture(natives);
  }

  /**
   * @param address a path, {@code rtsp://...}, {@code http://...}, {@code /dev/video0}
   * @throws ConnectorException where there is nothing, or no video
   */
  public static VideoReader open(String address) {
    return open(address, new NativeCount());
  }

  /**
   * @param natives counts what this reader creates and closes
   */
  public static VideoReader open(String address, NativeCount natives) {
    VideoAddress where = new VideoAddress(address);
    return new VideoReader(
        where.isFolder()
            ? new FolderSource(where.path(), natives)
            : new StreamSource(where, natives),
        natives);
  }

  /** What a video says of itself; opens and closes it. */
  public static VideoInfo probe(String address) {
    try (VideoReader reader = open(address)) {
      return reader.info();
    }
  }

  public VideoInfo info() {
    return source.info();
  }

  /**
   * The next frame's pixels; empty at the end.
   *
   * @throws ConnectorException where a live source falls silent
   */
  public Optional<Picture> next() {
    if (!(source.next(false) instanceof Decoded.Pixels decoded)) {
      return Optional.empty();
    }
    AVFrame frame = decoded.frame();
    scaler.scale(frame, pixels.ready(frame.width(), frame.height(), AV_PIX_FMT_BGR24), true);
    return Optional.of(pixels.picture());
  }

  /**
   * The next frame encoded; empty at the end. A frame that lies there as JPEG (or in a folder as
   * PNG) is handed on unchanged, unless it must shrink.
   *
   * @param width pixels that a wider frame is shrunk to; 0 leaves all as they are
   */
  public Optional<byte[]> nextEncoded(JpegEncoder encoder, int width) {
    Decoded decoded = source.next(width == 0 || source.info().width() <= width);
    if (decoded instanceof Decoded.Ready ready) {
      return Optional.of(ready.bytes());
    }
    if (decoded instanceof Decoded.Pixels frame) {
      return Optional.of(encoder.encode(frame.frame(), width));
    }
    return Optional.empty();
  }

  @Override
  public void close() {
    source.close();
    scaler.close();
    pixels.close();
  }
}
