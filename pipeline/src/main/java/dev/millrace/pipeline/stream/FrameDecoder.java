package dev.millrace.pipeline.stream;

import dev.millrace.components.image.Frame;
import dev.millrace.connectors.FrameRecord;

/** Turns a record's bytes into pixels. Used by one thread at a time, but for what is said. */
public interface FrameDecoder extends AutoCloseable {

  /**
   * The pixels.
   *
   * @throws UndecodableFrameException if the bytes are no picture within the limits
   */
  Frame decode(FrameRecord record);

  /**
   * Bytes of the pixels that {@link #decode} would make, as the picture's header says; 0 where it
   * would make none. Quick; callable at any time from any thread.
   */
  long pixelBytes(FrameRecord record);

  @Override
  default void close() {}
}
