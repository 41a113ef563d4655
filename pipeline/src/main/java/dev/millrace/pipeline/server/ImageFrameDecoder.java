package dev.millrace.pipeline.server;

import dev.millrace.components.image.Frame;
import dev.millrace.components.image.ImageDecoder;
import dev.millrace.components.image.ImageHeader;
import dev.millrace.components.image.ImageLimits;
import dev.millrace.components.image.ImageRejectedException;
import dev.millrace.components.image.NativeCount;
import dev.millrace.components.image.PixelFormat;
import dev.millrace.connectors.DeadLetterReason;
import dev.millrace.connectors.FrameRecord;
import dev.millrace.connectors.format.FrameFormat;
import dev.millrace.pipeline.stream.FrameDecoder;
import dev.millrace.pipeline.stream.UndecodableFrameException;

/** Pictures and raw pixels, as a frame's headers say, within limits. */
public final class ImageFrameDecoder implements FrameDecoder {

  private final ImageLimits limits;
  private final ImageDecoder decoder;

  public ImageFrameDecoder(ImageLimits limits) {
    this(limits, new NativeCount());
  }

  /**
   * @param natives counts the native decoders of this and of others
   */
  public ImageFrameDecoder(ImageLimits limits, NativeCount natives) {
    this.limits = limits;
    this.decoder = new ImageDecoder(limits, natives);
  }

  @Override
  public Frame decode(FrameRecord record) {
    FrameFormat format = FrameFormat.of(record);
    try {
      if (format instanceof FrameFormat.Raw raw) {
        // The record stays with the flow until its event is safe, for the dead letters: a frame
        // shares its bytes and never writes to them.
        return decoder.raw(
            record.value(), raw.width(), raw.height(), PixelFormat.valueOf(raw.pixels().name()));
      }
      if (format instanceof FrameFormat.Unreadable unreadable) {
        throw new UndecodableFrameException(unreadable.reason());
      }
      return decoder.decode(record.value());
    } catch (ImageRejectedException e) {
      throw new UndecodableFrameException(
          new DeadLetterReason(e.code(), String.valueOf(e.getMessage())));
    }
  }

  @Override
  public long pixelBytes(FrameRecord record) {
    FrameFormat format = FrameFormat.of(record);
    if (format instanceof FrameFormat.Raw raw) {
      return 3L * raw.width() * raw.height();
    }
    if (format instanceof FrameFormat.Unreadable) {
      return 0;
    }
    try {
      ImageHeader header = ImageHeader.read(record.value(), limits);
      return 3L * header.width() * header.height();
    } catch (ImageRejectedException e) {
      return 0;
    }
  }

  @Override
  public void close() {
    decoder.close();
  }
}
