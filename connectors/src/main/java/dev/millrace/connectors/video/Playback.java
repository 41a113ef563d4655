package dev.millrace.connectors.video;

import dev.millrace.connectors.ConnectorException;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import reactor.core.scheduler.Scheduler;

/** One playing of a camera: its reader, its encoder, and where it is. Only one thread at a time. */
final class Playback implements AutoCloseable {
  private final String address;
  private final CameraOptions options;
  private final NativeCount natives;
  private final JpegEncoder encoder;
  private VideoReader reader;
  private final Scheduler time;
  private final Pace pace;
  private boolean fresh = true;
  private long index;

  Playback(String address, CameraOptions options, NativeCount natives, Scheduler time) {
    this.address = address;
    this.options = options;
    this.natives = natives;
    this.time = time;
    this.reader = VideoReader.open(address, natives);
    this.encoder = new JpegEncoder(options.jpegQuality(), natives);
    // A live source has its own pace; only a lower one is ours.
    double own = reader.info().live() ? 0 : reader.info().frameRate();
    this.pace = new Pace(options.rate().orElse(own));
  }

  /** The next frame, from the beginning again where the camera loops; empty when it is over. */
  Optional<Timed> next() {
    if (options.maxFrames() > 0 && index == options.maxFrames()) {
      return Optional.empty();
    }
    Optional<EncodedPicture> image = read();
    if (reader.info().live()) {
      while (image.isPresent() && pace.tooSoon(time.now(TimeUnit.NANOSECONDS))) {
        image = read();
      }
      return image.map(picture -> new Timed(picture, index++, Pace.NONE));
    }
    return image.map(picture -> new Timed(picture, index++, pace));
  }

  private Optional<EncodedPicture> read() {
    Optional<EncodedPicture> image = reader.nextEncoded(encoder, options.width());
    if (image.isEmpty() && fresh) {
      throw new ConnectorException(
          new VideoAddress(address).printable(),
          "not one frame of it could be decoded.",
          "Name another video, a folder of pictures or a camera.");
    }
    fresh = false;
    if (image.isEmpty() && options.loop() && !reader.info().live()) {
      reader.close();
      reader = VideoReader.open(address, natives);
      fresh = true;
      return read();
    }
    return image;
  }

  @Override
  public void close() {
    reader.close();
    encoder.close();
  }
}
