package dev.millrace.connectors.video;

import dev.millrace.connectors.street.StreetAddress;
import dev.millrace.connectors.street.StreetFrame;
import dev.millrace.connectors.street.StreetScene;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** A synthetic street, frame after frame. It is laid out when the first one is asked for. */
final class StreetSource implements PictureSource {
  private final StreetAddress address;
  private @Nullable StreetScene scene;
  private long next;

  StreetSource(StreetAddress address) {
    this.address = address;
  }

  @Override
  public VideoInfo info() {
    OptionalLong frames =
        address.frames() > 0 ? OptionalLong.of(address.frames()) : OptionalLong.empty();
    return new VideoInfo(
        address.options().width(),
        address.options().height(),
        address.framesPerSecond(),
        frames,
        false);
  }

  @Override
  public @Nullable Decoded next(boolean passEncoded) {
    if (address.frames() > 0 && next == address.frames()) {
      return null;
    }
    StreetScene street = scene;
    if (street == null) {
      street = address.scene();
      scene = street;
    }
    StreetFrame frame = street.frame(next++ / address.framesPerSecond());
    return new Decoded.Drawn(
        new Picture(frame.width(), frame.height(), frame.bgr()), frame.truth());
  }

  @Override
  public void close() {}
}
