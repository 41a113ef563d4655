package dev.millrace.pipeline.stream;

import dev.millrace.components.image.Frame;
import dev.millrace.connectors.FrameRecord;

/** Turns a record's bytes into pixels. Used by one thread at a time. */
public interface FrameDecoder extends AutoCloseable {

  /**
   * The pixels.
   *
   * @throws UndecodableFrameException if the bytes are no picture within the limits
   */
  Frame decode(FrameRecord record);

  @Override
  default void close() {}
}
