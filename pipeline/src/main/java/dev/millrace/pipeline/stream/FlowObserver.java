package dev.millrace.pipeline.stream;

import dev.millrace.connectors.FrameRecord;

/** Told of what happens, on the thread where it happens; must be quick. */
public interface FlowObserver {

  /** A frame left the source. */
  default void arrived(FrameRecord frame) {}

  /** A frame was decoded or found undecodable. */
  default void decoded(Decoded frame, long nanos) {}

  /** A decoded frame was brought to the size that its lane's model wants. */
  default void prepared(long nanos) {}

  /** A lane ran its model once, successfully or not. */
  default void ran(int lane, int frames, long nanos) {}

  /** The event or the dead letter of a frame is safe, {@code nanos} after it was first sent. */
  default void delivered(Outcome outcome, long nanos) {}

  /** The sink refused; everything unsent waits and is sent again. */
  default void deliveryFailed(Throwable reason) {}
}
