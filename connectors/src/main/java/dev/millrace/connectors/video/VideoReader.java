package dev.millrace.connectors.video;

import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_BGR24;

import dev.millrace.connectors.ConnectorException;
import dev.millrace.connectors.format.FrameHeaders;
import dev.millrace.connectors.format.GroundTruthJson;
import dev.millrace.connectors.street.StreetAddress;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.ffmpeg.avutil.AVFrame;

/**
 * Reads a video from its first frame to its last: a file, a folder of pictures (by name), an
 * address, a camera of this machine or a synthetic street. Native: for one thread, and to be
 * closed.
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
   * @param address a path, {@code rtsp://...}, {@code http://...}, {@code /dev/video0}, {@code
   *     street://?seed=7}
   * @throws ConnectorException where there is nothing, or no video
   */
  public static VideoReader open(String address) {
    return open(address, new NativeCount());
  }

  /**
   * @param natives counts what this reader creates and closes
   */
  public static VideoReader open(String address, NativeCount natives) {
    return new VideoReader(source(address, natives), natives);
  }

  private static PictureSource source(String address, NativeCount natives) {
    if (StreetAddress.matches(address)) {
      return new StreetSource(StreetAddress.parse(address));
    }
    VideoAddress where = new VideoAddress(address);
    return where.isFolder()
        ? new FolderSource(where.path(), natives)
        : new StreamSource(where, natives);
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
    Decoded decoded = source.next(false);
    if (decoded instanceof Decoded.Drawn drawn) {
      return Optional.of(drawn.picture());
    }
    if (!(decoded instanceof Decoded.Pixels stream)) {
      return Optional.empty();
    }
    AVFrame frame = stream.frame();
    scaler.scale(frame, pixels.ready(frame.width(), frame.height(), AV_PIX_FMT_BGR24), true);
    return Optional.of(pixels.picture());
  }

  /**
   * The next frame encoded; empty at the end. A frame that lies there as JPEG (or in a folder as
   * PNG) is handed on unchanged, unless it must shrink.
   *
   * @param width pixels that a wider frame is shrunk to; 0 leaves all as they are
   */
  public Optional<EncodedPicture> nextEncoded(JpegEncoder encoder, int width) {
    Decoded decoded = source.next(width == 0 || source.info().width() <= width);
    if (decoded instanceof Decoded.Ready ready) {
      return Optional.of(new EncodedPicture(ready.bytes()));
    }
    if (decoded instanceof Decoded.Pixels frame) {
      return Optional.of(new EncodedPicture(encoder.encode(frame.frame(), width)));
    }
    if (decoded instanceof Decoded.Drawn drawn) {
      return Optional.of(encoded(drawn, encoder, width));
    }
    return Optional.empty();
  }

  private static EncodedPicture encoded(Decoded.Drawn drawn, JpegEncoder encoder, int width) {
    Picture picture = drawn.picture();
    int columns = JpegEncoder.columns(picture.width(), width);
    int rows = JpegEncoder.rows(picture.width(), picture.height(), columns);
    String truth = GroundTruthJson.write(drawn.truth().scaledTo(columns, rows));
    return new EncodedPicture(
        encoder.encode(picture, width), Map.of(FrameHeaders.GROUND_TRUTH, truth));
  }

  @Override
  public void close() {
    source.close();
    scaler.close();
    pixels.close();
  }
}
